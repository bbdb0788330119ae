from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from src.audit.service import AuditTrail
from src.auth.dependencies import CurrentUser
from src.database import Session


class RequestTrail(AuditTrail):
    """The trail of the request: FastAPI makes one when it is asked for."""

    def __init__(self, user: CurrentUser) -> None:
        super().__init__(user.id)


async def get_trail(
    session: Session, trail: Annotated[RequestTrail, Depends()]
) -> AsyncIterator[AuditTrail]:
    yield trail
    session.add(trail.event())


Trail = Annotated[AuditTrail, Depends(get_trail, scope="function")]
