from src.courses import pricing
from src.courses.schemas import Course, Purchase
from src.payments.schemas import Order

INSTRUCTOR_PCT = 70


def order(course: Course, purchase: Purchase) -> Order:
    amount_paise = pricing.total_paise(course, purchase)
    return Order(
        slug=course.slug,
        seats=purchase.seats,
        amount_paise=amount_paise,
        # What is left over of a paisa stays with Docfliq.
        instructor_paise=amount_paise * INSTRUCTOR_PCT // 100,
    )
