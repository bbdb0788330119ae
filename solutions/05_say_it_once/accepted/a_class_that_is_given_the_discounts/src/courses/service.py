from src.courses.pricing import Pricing
from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(pricing: Pricing, course: Course, purchase: Purchase) -> PriceTag:
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=pricing.total_paise(course, purchase),
    )
