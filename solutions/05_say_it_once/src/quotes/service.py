from src.courses import service as courses_service
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(course: Course, purchase: Purchase) -> Quote:
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=courses_service.total_paise(course, purchase),
        valid_days=VALID_DAYS,
    )
