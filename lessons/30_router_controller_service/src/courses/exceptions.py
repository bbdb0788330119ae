from src.exceptions import DocfliqError


class CourseNotFoundError(DocfliqError):
    status, code, message = 404, "course_not_found", "There is no such course"


class PromoNotFoundError(DocfliqError):
    status, code, message = 404, "promo_not_found", "There is no such code for this course"


class PromoExpiredError(DocfliqError):
    status, code, message = 409, "promo_expired", "The code is not valid any more"


class AlreadyEnrolledError(DocfliqError):
    status, code, message = 409, "already_enrolled", "You are enrolled already"
