from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(course: Course, purchase: Purchase) -> Quote:
    listed_paise = course.price_paise * purchase.seats
    promo_code = (purchase.promo_code or "").upper()
    promo_pct = course.promo_codes.get(promo_code, 0)
    discount_pct = max(_group_pct(purchase.seats), promo_pct)
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=(listed_paise * (100 - discount_pct) + 50) // 100,
        valid_days=VALID_DAYS,
    )


def _group_pct(seats: int) -> int:
    if seats >= 20:
        return 25
    if seats >= 5:
        return 10
    return 0
