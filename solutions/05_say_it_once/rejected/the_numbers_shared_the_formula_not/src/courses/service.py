from src.courses.constants import GROUPS, HALF, HUNDRED
from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    discounts = [pct for seats, pct in GROUPS.items() if purchase.seats >= seats]
    if purchase.promo_code is not None:
        discounts.append(course.promo_codes.get(purchase.promo_code.upper(), 0))
    listed_paise = course.price_paise * purchase.seats
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=(listed_paise * (HUNDRED - max(discounts, default=0)) + HALF) // HUNDRED,
    )
