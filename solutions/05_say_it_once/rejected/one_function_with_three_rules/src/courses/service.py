from src.courses import pricing
from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=pricing.total_paise(course, purchase, "page"),
    )
