from collections.abc import AsyncIterator
from threading import local
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session

_of_this_thread = local()


async def get_trail(session: Session, user: CurrentUser) -> AsyncIterator[AuditTrail]:
    _of_this_thread.trail = AuditTrail()
    _of_this_thread.trail.begin(user.id)
    yield _of_this_thread.trail
    session.add(_of_this_thread.trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
