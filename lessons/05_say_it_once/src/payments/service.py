from src.courses.schemas import Course, Purchase
from src.payments.schemas import Order

INSTRUCTOR_PCT = 70
GROUPS = {20: 25, 5: 10}


class OrderService:
    def order(self, course: Course, purchase: Purchase) -> Order:
        discounts = [pct for seats, pct in GROUPS.items() if purchase.seats > seats]
        if purchase.promo_code in course.promo_codes:
            discounts.append(course.promo_codes[purchase.promo_code])
        amount_paise = course.price_paise * purchase.seats
        if discounts:
            amount_paise = (amount_paise * (100 - max(discounts)) + 50) // 100
        return Order(
            slug=course.slug,
            seats=purchase.seats,
            amount_paise=amount_paise,
            # What is left over of a paisa stays with Docfliq.
            instructor_paise=amount_paise * INSTRUCTOR_PCT // 100,
        )
