from src.courses import exceptions, pricing
from src.courses.constants import CourseStatus, EnrollmentStatus, PricingType
from src.courses.schemas import Application, Course, Enrollment, Learner


def decide(learner: Learner, course: Course, application: Application) -> Enrollment:
    status = EnrollmentStatus.IN_PROGRESS
    price_paise = 0
    if not learner.is_banned:
        if course.status is CourseStatus.PUBLISHED:
            if course.id not in learner.enrolled_in:
                if course.access_code in (None, application.access_code):
                    if course.pricing_type is PricingType.PAID:
                        price_paise = course.price_paise
                        if application.promo_code is not None:
                            promo = pricing.find_promo(course, application.promo_code)
                            if promo is not None and pricing.is_redeemable(promo):
                                price_paise = pricing.discounted(price_paise, promo.discount_pct)
                            else:
                                raise exceptions.PromoCodeError
                        if pricing.is_settled(application.payment, price_paise):
                            if course.requires_approval:
                                status = EnrollmentStatus.PENDING_APPROVAL
                        else:
                            raise exceptions.PaymentRequiredError(price_paise)
                    elif course.requires_approval:
                        status = EnrollmentStatus.PENDING_APPROVAL
                    return Enrollment(
                        learner_id=learner.id,
                        course_id=course.id,
                        status=status,
                        final_price_paise=price_paise,
                    )
                else:
                    raise exceptions.AccessCodeError
            else:
                raise exceptions.AlreadyEnrolledError
        else:
            raise exceptions.CourseNotOpenError
    else:
        raise exceptions.AccountBannedError
