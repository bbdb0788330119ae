from dataclasses import dataclass

from src.audit.dependencies import Trail
from src.auth.dependencies import CurrentUser
from src.exceptions import PermissionDeniedError


@dataclass(frozen=True)
class RequireRole:
    """Two of them with the same role are equal, so FastAPI runs them once in a request."""

    role: str

    async def __call__(self, user: CurrentUser, trail: Trail) -> None:
        if self.role not in user.roles:
            raise PermissionDeniedError
        trail.note(f"as {self.role}")
