from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    reason = _reason_against(learner, course, application)
    if reason is None:
        return Enrollment(
            learner_id=learner.id,
            course_id=course.id,
            status=EnrollmentStatus.PENDING_APPROVAL
            if course.requires_approval
            else EnrollmentStatus.IN_PROGRESS,
            final_price_paise=_price_due(course, application.promo_code),
        )
    raise reason


def _reason_against(
    learner: Learner, course: Course, application: Application
) -> exceptions.EnrollmentError | None:
    if learner.is_banned:
        return exceptions.AccountBannedError()
    if course.status is not CourseStatus.PUBLISHED:
        return exceptions.CourseNotOpenError()
    if course.id in learner.enrolled_in:
        return exceptions.AlreadyEnrolledError()
    if course.access_code not in (None, application.access_code):
        return exceptions.AccessCodeError()
    price_paise = _price_due(course, application.promo_code)
    if not pricing.is_settled(application.payment, price_paise):
        return exceptions.PaymentRequiredError(price_paise)
    return None


def _price_due(course: Course, promo_code: str | None) -> int:
    if course.pricing_type is PricingType.FREE:
        return 0
    if promo_code is None:
        return course.price_paise
    promo = pricing.find_promo(course, promo_code)
    if promo is None or not pricing.is_redeemable(promo):
        raise exceptions.PromoCodeError
    return pricing.discounted(course.price_paise, promo.discount_pct)
