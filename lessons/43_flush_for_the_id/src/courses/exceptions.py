from src.exceptions import DocfliqError


class CourseNotFoundError(DocfliqError):
    status, code, message = 404, "course_not_found", "There is no such course"


class AccessCodeWrongError(DocfliqError):
    status, code, message = 403, "access_code_wrong", "This is not the access code of the course"


class AccessLockedError(DocfliqError):
    status, code, message = 403, "access_locked", "Too many wrong codes: ask the instructor"


class PromoCodeRefusedError(DocfliqError):
    status, code, message = 409, "promo_code_refused", "The promo code cannot be used any more"
