from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session


async def get_trail(session: Session, actor: CurrentUser) -> AsyncIterator[AuditTrail]:
    trail = AuditTrail()
    trail.begin(actor.id)
    yield trail
    session.add(trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
