from collections.abc import Awaitable, Callable

from src.audit.dependencies import Trail
from src.auth.dependencies import CurrentUser
from src.exceptions import PermissionDeniedError


def require_role(role: str) -> Callable[..., Awaitable[None]]:
    async def check(user: CurrentUser, trail: Trail) -> None:
        if role not in user.roles:
            raise PermissionDeniedError
        trail.note(f"as {role}")

    return check
