from collections.abc import Callable

from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner

Rule = Callable[[Learner, Course, Application], bool]

REFUSED_WHEN: list[tuple[Rule, type[exceptions.EnrollmentError]]] = [
    (lambda learner, _course, _request: learner.is_banned, exceptions.AccountBannedError),
    (
        lambda _learner, course, _request: course.status is not CourseStatus.PUBLISHED,
        exceptions.CourseNotOpenError,
    ),
    (
        lambda learner, course, _request: course.id in learner.enrolled_in,
        exceptions.AlreadyEnrolledError,
    ),
    (
        lambda _learner, course, request: course.access_code not in (None, request.access_code),
        exceptions.AccessCodeError,
    ),
]


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    for is_refused, error in REFUSED_WHEN:
        if is_refused(learner, course, application):
            raise error
    price_paise = _price_due(course, application.promo_code)
    if not pricing.is_settled(application.payment, price_paise):
        raise exceptions.PaymentRequiredError(price_paise)
    return Enrollment(
        learner_id=learner.id,
        course_id=course.id,
        status=_first_status(course),
        final_price_paise=price_paise,
    )


def _first_status(course: Course) -> EnrollmentStatus:
    if course.requires_approval:
        return EnrollmentStatus.PENDING_APPROVAL
    return EnrollmentStatus.IN_PROGRESS


def _price_due(course: Course, promo_code: str | None) -> int:
    if course.pricing_type is PricingType.FREE:
        return 0
    if promo_code is None:
        return course.price_paise
    promo = pricing.find_promo(course, promo_code)
    if promo is None or not pricing.is_redeemable(promo):
        raise exceptions.PromoCodeError
    return pricing.discounted(course.price_paise, promo.discount_pct)
