class DocfliqError(Exception):
    code = "internal_error"
    message = "Something went wrong."


class NotAuthenticatedError(DocfliqError):
    code = "not_authenticated"
    message = "Please log in again."


class PermissionDeniedError(DocfliqError):
    code = "permission_denied"
    message = "You are not allowed to do this."


class PostNotFoundError(DocfliqError):
    code = "post_not_found"
    message = "This post does not exist."


class CommentNotFoundError(DocfliqError):
    code = "comment_not_found"
    message = "This comment does not exist."


class RateLimitedError(DocfliqError):
    code = "rate_limited"
    message = "That was a lot of comments. Please wait a little."

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after
