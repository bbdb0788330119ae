class DocfliqError(Exception):
    status = 500
    code = "internal_error"
    message = "Something went wrong."


class NotAuthenticatedError(DocfliqError):
    status = 401
    code = "not_authenticated"
    message = "Please log in again."


class InvalidCredentialsError(DocfliqError):
    status = 401
    code = "invalid_credentials"
    message = "E-mail address or password is wrong."


class RateLimitedError(DocfliqError):
    status = 429
    code = "rate_limited"
    message = "Too many tries. Please wait."

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after
