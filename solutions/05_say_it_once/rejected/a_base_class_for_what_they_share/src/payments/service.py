from src.courses.pricing import PricedService
from src.courses.schemas import Course, Purchase
from src.payments.schemas import Order

INSTRUCTOR_PCT = 70


class OrderService(PricedService):
    def order(self, course: Course, purchase: Purchase) -> Order:
        amount_paise = self.total_paise(course, purchase)
        return Order(
            slug=course.slug,
            seats=purchase.seats,
            amount_paise=amount_paise,
            # What is left over of a paisa stays with Docfliq.
            instructor_paise=amount_paise * INSTRUCTOR_PCT // 100,
        )
