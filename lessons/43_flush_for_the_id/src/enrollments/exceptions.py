from src.exceptions import DocfliqError


class AlreadyEnrolledError(DocfliqError):
    status, code, message = 409, "already_enrolled", "You are enrolled in this course already"
