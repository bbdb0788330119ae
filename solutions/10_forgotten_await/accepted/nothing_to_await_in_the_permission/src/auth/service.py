from src.users.models import User

_MODERATING = {"admin", "moderator"}


def may_moderate(user: User | None) -> bool:
    return user is not None and not _MODERATING.isdisjoint(user.roles)
