from collections.abc import Awaitable, Callable

from src.audit.dependencies import Trail
from src.auth.dependencies import Token, find_user
from src.database import Session
from src.exceptions import PermissionDeniedError


def require_role(role: str) -> Callable[..., Awaitable[None]]:
    async def check(session: Session, trail: Trail, token: Token = "") -> None:
        user = await find_user(session, token)
        if role not in user.roles:
            raise PermissionDeniedError
        trail.note(f"as {role}")

    return check
