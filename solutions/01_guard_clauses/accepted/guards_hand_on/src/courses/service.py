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
    return _enroll_with_access(learner, course, application)


def _enroll_with_access(learner: Learner, course: Course, application: Application) -> Enrollment:
    if course.access_code not in (None, application.access_code):
        raise exceptions.AccessCodeError
    price_paise = _price_due(course, application.promo_code)
    if not pricing.is_settled(application.payment, price_paise):
        raise exceptions.PaymentRequiredError(price_paise)
    return _enrolled(learner, course, price_paise)


def _enrolled(learner: Learner, course: Course, price_paise: int) -> Enrollment:
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
    if promo is not None and pricing.is_redeemable(promo):
        return pricing.discounted(course.price_paise, promo.discount_pct)
    raise exceptions.PromoCodeError
