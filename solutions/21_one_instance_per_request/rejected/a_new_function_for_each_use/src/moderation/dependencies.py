from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends

from src.audit.dependencies import Trail
from src.auth.dependencies import login
from src.auth.models import User
from src.exceptions import PermissionDeniedError


def require_role(role: str) -> Callable[..., Awaitable[None]]:
    async def check(user: Annotated[User, Depends(login())], trail: Trail) -> None:
        if role not in user.roles:
            raise PermissionDeniedError
        trail.note(f"as {role}")

    return check
