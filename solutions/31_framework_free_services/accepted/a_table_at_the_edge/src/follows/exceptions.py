from src.exceptions import DocfliqError


class UserNotFoundError(DocfliqError):
    code, message = "user_not_found", "There is no such user"


class FollowsHerselfError(DocfliqError):
    code, message = "follows_herself", "You cannot follow yourself"


class AlreadyFollowingError(DocfliqError):
    code, message = "already_following", "You follow this user already"


class NotFollowingError(DocfliqError):
    code, message = "not_following", "You do not follow this user"


class RateLimitedError(DocfliqError):
    code, message = "rate_limited", "That was a lot for one hour"

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after
