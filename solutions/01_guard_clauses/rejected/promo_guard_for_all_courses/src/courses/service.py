from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    if learner.is_banned:
        raise exceptions.AccountBannedError
    if course.status is not CourseStatus.PUBLISHED:
        raise exceptions.CourseNotOpenError
    if course.id in learner.enrolled_in:
        raise exceptions.AlreadyEnrolledError
    if course.access_code not in (None, application.access_code):
        raise exceptions.AccessCodeError
    price_paise = course.price_paise
    if application.promo_code is not None:
        promo = pricing.find_promo(course, application.promo_code)
        if promo is None or not pricing.is_redeemable(promo):
            raise exceptions.PromoCodeError
        price_paise = pricing.discounted(price_paise, promo.discount_pct)
    if not pricing.is_settled(application.payment, price_paise):
        raise exceptions.PaymentRequiredError(price_paise)
    status = EnrollmentStatus.IN_PROGRESS
    if course.requires_approval:
        status = EnrollmentStatus.PENDING_APPROVAL
    return Enrollment(
        learner_id=learner.id,
        course_id=course.id,
        status=status,
        final_price_paise=price_paise,
    )
