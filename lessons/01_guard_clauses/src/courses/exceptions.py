class EnrollmentError(Exception):
    """The learner cannot be enrolled; the class says why."""


class AccountBannedError(EnrollmentError):
    pass


class CourseNotOpenError(EnrollmentError):
    pass


class AlreadyEnrolledError(EnrollmentError):
    pass


class AccessCodeError(EnrollmentError):
    pass


class PromoCodeError(EnrollmentError):
    pass


class PaymentRequiredError(EnrollmentError):
    def __init__(self, price_paise: int) -> None:
        super().__init__(f"{price_paise} paise are to be paid")
        self.price_paise = price_paise
