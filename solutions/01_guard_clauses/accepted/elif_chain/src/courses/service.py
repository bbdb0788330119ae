from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    price_paise = _price(course, application.promo_code)
    if learner.is_banned:
        raise exceptions.AccountBannedError
    elif course.status is not CourseStatus.PUBLISHED:
        raise exceptions.CourseNotOpenError
    elif course.id in learner.enrolled_in:
        raise exceptions.AlreadyEnrolledError
    elif course.access_code not in (None, application.access_code):
        raise exceptions.AccessCodeError
    elif price_paise is None:
        raise exceptions.PromoCodeError
    elif not pricing.is_settled(application.payment, price_paise):
        raise exceptions.PaymentRequiredError(price_paise)
    else:
        return Enrollment(
            learner_id=learner.id,
            course_id=course.id,
            status=EnrollmentStatus.PENDING_APPROVAL
            if course.requires_approval
            else EnrollmentStatus.IN_PROGRESS,
            final_price_paise=price_paise,
        )


def _price(course: Course, promo_code: str | None) -> int | None:
    """Return the price to pay, or None when the promo code cannot be redeemed."""
    if course.pricing_type is PricingType.FREE:
        return 0
    if promo_code is None:
        return course.price_paise
    promo = pricing.find_promo(course, promo_code)
    if promo is None or not pricing.is_redeemable(promo):
        return None
    return pricing.discounted(course.price_paise, promo.discount_pct)
