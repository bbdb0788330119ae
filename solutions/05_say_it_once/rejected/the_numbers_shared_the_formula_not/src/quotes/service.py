from src.courses.constants import GROUPS, HALF, HUNDRED
from src.courses.schemas import Course, Purchase
from src.quotes.schemas import Quote

VALID_DAYS = 30


def quote(course: Course, purchase: Purchase) -> Quote:
    listed_paise = course.price_paise * purchase.seats
    promo_code = (purchase.promo_code or "").upper()
    promo_pct = course.promo_codes.get(promo_code, 0)
    group_pct = max((pct for seats, pct in GROUPS.items() if purchase.seats >= seats), default=0)
    discount_pct = max(group_pct, promo_pct)
    return Quote(
        course=course.title,
        seats=purchase.seats,
        total_paise=(listed_paise * (HUNDRED - discount_pct) + HALF) // HUNDRED,
        valid_days=VALID_DAYS,
    )
