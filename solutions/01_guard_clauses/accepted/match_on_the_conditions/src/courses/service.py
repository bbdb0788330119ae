from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    promo = pricing.find_promo(course, application.promo_code or "")
    has_promo = course.pricing_type is PricingType.PAID and application.promo_code is not None
    price_paise = course.price_paise if course.pricing_type is PricingType.PAID else 0
    if has_promo and promo is not None:
        price_paise = pricing.discounted(price_paise, promo.discount_pct)

    match learner, course:
        case Learner(is_banned=True), _:
            raise exceptions.AccountBannedError
        case _, Course(status=CourseStatus.DRAFT | CourseStatus.ARCHIVED):
            raise exceptions.CourseNotOpenError
        case Learner(enrolled_in=joined), Course(id=wanted) if wanted in joined:
            raise exceptions.AlreadyEnrolledError
        case _, Course(access_code=str(code)) if code != application.access_code:
            raise exceptions.AccessCodeError
        case _ if has_promo and (promo is None or not pricing.is_redeemable(promo)):
            raise exceptions.PromoCodeError
        case _ if not pricing.is_settled(application.payment, price_paise):
            raise exceptions.PaymentRequiredError(price_paise)
        case _, Course(requires_approval=True):
            status = EnrollmentStatus.PENDING_APPROVAL
        case _:
            status = EnrollmentStatus.IN_PROGRESS
    return Enrollment(
        learner_id=learner.id,
        course_id=course.id,
        status=status,
        final_price_paise=price_paise,
    )
