from src.courses.pricing import Pricing
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(pricing: Pricing, course: Course, purchase: Purchase) -> Quote:
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=pricing.total_paise(course, purchase),
        valid_days=VALID_DAYS,
    )
