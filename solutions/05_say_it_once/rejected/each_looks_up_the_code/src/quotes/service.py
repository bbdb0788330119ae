from src.courses import pricing
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(course: Course, purchase: Purchase) -> Quote:
    promo_code = purchase.promo_code.upper() if purchase.promo_code else None
    promo_pct = course.promo_codes.get(promo_code, 0) if promo_code else 0
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=pricing.total_paise(course, purchase, promo_pct),
        valid_days=VALID_DAYS,
    )
