from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    return PriceTag(
        slug=course.slug, seats=purchase.seats, total_paise=course.total_paise(purchase)
    )
