from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser


async def get_trail(request: Request, actor: CurrentUser) -> AsyncIterator[AuditTrail]:
    trail = AuditTrail()
    trail.begin(actor.id)
    yield trail
    async with request.state.sessions.begin() as session:
        session.add(trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
