from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.auth.models import User
from src.database import Session


@dataclass(frozen=True)
class Admin:
    user: User
    trail: AuditTrail


async def get_admin(session: Session, user: CurrentUser) -> AsyncIterator[Admin]:
    trail = AuditTrail()
    trail.begin(user.id)
    yield Admin(user, trail)
    session.add(trail.event())


CurrentAdmin = Annotated[Admin, Depends(get_admin, scope="function")]


async def get_trail(admin: CurrentAdmin) -> AuditTrail:
    return admin.trail


Trail = Annotated[AuditTrail, Depends(get_trail)]
