from collections.abc import Awaitable, Callable

from src.audit.dependencies import CurrentAdmin
from src.exceptions import PermissionDeniedError


def require_role(role: str) -> Callable[..., Awaitable[None]]:
    async def check(admin: CurrentAdmin) -> None:
        if role not in admin.user.roles:
            raise PermissionDeniedError
        admin.trail.note(f"as {role}")

    return check
