from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
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
    price_paise = _price_due(course, application.promo_code)
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


def _price_due(course: Course, promo_code: str | None) -> int:
    if course.pricing_type is PricingType.FREE:
        return 0
    if promo_code is None:
        return course.price_paise
    promo = pricing.find_promo(course, promo_code)
    if promo is None or not pricing.is_redeemable(promo):
        raise exceptions.PromoCodeError
    return pricing.discounted(course.price_paise, promo.discount_pct)
