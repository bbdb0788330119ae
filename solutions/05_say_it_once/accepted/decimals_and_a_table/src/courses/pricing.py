from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from src.courses.schemas import Course, Purchase

GROUPS = {5: Decimal("0.10"), 20: Decimal("0.25")}
PERCENT = Decimal("0.01")


def discounts(course: Course, purchase: Purchase) -> list[Decimal]:
    promo_code = (purchase.promo_code or "").upper()
    of_groups = (discount for seats, discount in GROUPS.items() if seats <= purchase.seats)
    of_codes = (pct * PERCENT for code, pct in course.promo_codes.items() if code == promo_code)
    return list(chain(of_groups, of_codes))


def total_paise(course: Course, purchase: Purchase) -> int:
    to_pay = Decimal(1) - max(discounts(course, purchase), default=Decimal(0))
    listed = Decimal(course.price_paise) * purchase.seats
    return int((listed * to_pay).quantize(Decimal(1), rounding=ROUND_HALF_UP))
