from src.courses import pricing
from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    promo_code = purchase.promo_code.upper() if purchase.promo_code else None
    promo_pct = course.promo_codes.get(promo_code, 0) if promo_code else 0
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=pricing.total_paise(course, purchase, promo_pct),
    )
