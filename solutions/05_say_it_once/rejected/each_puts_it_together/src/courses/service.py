from src.courses import pricing
from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    group_pct = pricing.group_pct(purchase)
    promo_pct = pricing.promo_pct(course, purchase)
    discount_pct = pricing.better(group_pct, promo_pct)
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=pricing.less(pricing.listed(course, purchase), discount_pct),
    )
