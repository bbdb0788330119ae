from fastapi import status as http

from src.exceptions import DocfliqError


class UserNotFoundError(DocfliqError):
    status, code = http.HTTP_404_NOT_FOUND, "user_not_found"
    message = "There is no such user"


class FollowsHerselfError(DocfliqError):
    status, code = http.HTTP_409_CONFLICT, "follows_herself"
    message = "You cannot follow yourself"


class AlreadyFollowingError(DocfliqError):
    status, code = http.HTTP_409_CONFLICT, "already_following"
    message = "You follow this user already"


class NotFollowingError(DocfliqError):
    status, code = http.HTTP_409_CONFLICT, "not_following"
    message = "You do not follow this user"


class RateLimitedError(DocfliqError):
    status, code = http.HTTP_429_TOO_MANY_REQUESTS, "rate_limited"
    message = "That was a lot for one hour"

    def __init__(self, retry_after: int) -> None:
        super().__init__({"Retry-After": str(retry_after)})
