from typing import Annotated

from fastapi import Header

from src.exceptions import PermissionDeniedError


async def require_admin(x_user_roles: Annotated[str, Header()] = "") -> None:
    # The gateway has checked the token; it passes on what its owner may do.
    if "admin" not in x_user_roles.split(","):
        raise PermissionDeniedError
