from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session


async def get_trail(
    request: Request, session: Session, user: CurrentUser
) -> AsyncIterator[AuditTrail]:
    trail: AuditTrail = request.state.trail
    async with request.state.one_at_a_time:
        trail.begin(user.id)
        yield trail
        session.add(trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
