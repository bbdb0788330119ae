from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session


class RecordedTrail(AuditTrail):
    async def __call__(self, session: Session, user: CurrentUser) -> AsyncIterator[AuditTrail]:
        self.begin(user.id)
        yield self
        session.add(self.event())


Trail = Annotated[AuditTrail, Depends(RecordedTrail(), scope="function")]
