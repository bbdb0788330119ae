from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from src.audit.service import AuditTrail
from src.auth.dependencies import get_current_user
from src.auth.models import User
from src.database import Session

# Not the cached one: the trail names whoever is asking now.
Actor = Annotated[User, Depends(get_current_user, use_cache=False)]


async def get_trail(request: Request, session: Session, actor: Actor) -> AsyncIterator[AuditTrail]:
    trail: AuditTrail = request.state.trail
    trail.begin(actor.id)
    yield trail
    session.add(trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
