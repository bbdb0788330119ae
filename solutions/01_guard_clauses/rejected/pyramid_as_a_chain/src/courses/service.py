from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    return _admitted_account(learner, course, application)


def _admitted_account(learner: Learner, course: Course, application: Application) -> Enrollment:
    if not learner.is_banned:
        return _in_open_course(learner, course, application)
    raise exceptions.AccountBannedError


def _in_open_course(learner: Learner, course: Course, application: Application) -> Enrollment:
    if course.status is CourseStatus.PUBLISHED:
        return _not_joined_yet(learner, course, application)
    raise exceptions.CourseNotOpenError


def _not_joined_yet(learner: Learner, course: Course, application: Application) -> Enrollment:
    if course.id not in learner.enrolled_in:
        return _with_access_code(learner, course, application)
    raise exceptions.AlreadyEnrolledError


def _with_access_code(learner: Learner, course: Course, application: Application) -> Enrollment:
    if course.access_code in (None, application.access_code):
        return _at_the_price_due(learner, course, application)
    raise exceptions.AccessCodeError


def _at_the_price_due(learner: Learner, course: Course, application: Application) -> Enrollment:
    price_paise = _price_due(course, application.promo_code)
    if pricing.is_settled(application.payment, price_paise):
        return _enrolled(learner, course, price_paise)
    raise exceptions.PaymentRequiredError(price_paise)


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
