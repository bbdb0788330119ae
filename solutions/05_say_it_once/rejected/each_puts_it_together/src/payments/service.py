from src.courses import pricing
from src.courses.schemas import Course, Purchase
from src.payments.schemas import Order

INSTRUCTOR_PCT = 70


def order(course: Course, purchase: Purchase) -> Order:
    group_pct = pricing.group_pct(purchase)
    promo_pct = pricing.promo_pct(course, purchase)
    discount_pct = pricing.better(group_pct, promo_pct)
    amount_paise = pricing.less(pricing.listed(course, purchase), discount_pct)
    return Order(
        slug=course.slug,
        seats=purchase.seats,
        amount_paise=amount_paise,
        # What is left over of a paisa stays with Docfliq.
        instructor_paise=amount_paise * INSTRUCTOR_PCT // 100,
    )
