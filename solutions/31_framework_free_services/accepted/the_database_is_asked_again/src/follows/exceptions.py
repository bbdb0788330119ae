from http import HTTPStatus

from src.exceptions import DocfliqError


class UserNotFoundError(DocfliqError):
    status, code = HTTPStatus.NOT_FOUND, "user_not_found"
    message = "There is no such user"


class FollowsHerselfError(DocfliqError):
    status, code = HTTPStatus.CONFLICT, "follows_herself"
    message = "You cannot follow yourself"


class AlreadyFollowingError(DocfliqError):
    status, code = HTTPStatus.CONFLICT, "already_following"
    message = "You follow this user already"


class NotFollowingError(DocfliqError):
    status, code = HTTPStatus.CONFLICT, "not_following"
    message = "You do not follow this user"


class RateLimitedError(DocfliqError):
    status, code = HTTPStatus.TOO_MANY_REQUESTS, "rate_limited"
    message = "That was a lot for one hour"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
