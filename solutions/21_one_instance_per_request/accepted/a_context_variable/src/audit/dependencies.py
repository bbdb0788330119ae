from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session

_trail: ContextVar[AuditTrail] = ContextVar("trail")


async def get_trail(session: Session, user: CurrentUser) -> AsyncIterator[AuditTrail]:
    _trail.set(AuditTrail())
    _trail.get().begin(user.id)
    yield _trail.get()
    session.add(_trail.get().event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
