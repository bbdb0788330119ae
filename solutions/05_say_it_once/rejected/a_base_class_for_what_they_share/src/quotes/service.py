from src.courses.pricing import PricedService
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


class QuoteService(PricedService):
    def quote(self, course: Course, purchase: Purchase) -> Quote:
        return Quote(
            course=course.title,
            seats=purchase.seats,
            total_paise=self.total_paise(course, purchase),
            valid_days=VALID_DAYS,
        )
