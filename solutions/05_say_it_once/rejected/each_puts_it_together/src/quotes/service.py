from src.courses import pricing
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(course: Course, purchase: Purchase) -> Quote:
    group_pct = pricing.group_pct(purchase)
    promo_pct = pricing.promo_pct(course, purchase)
    discount_pct = pricing.better(group_pct, promo_pct)
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=pricing.less(pricing.listed(course, purchase), discount_pct),
        valid_days=VALID_DAYS,
    )
