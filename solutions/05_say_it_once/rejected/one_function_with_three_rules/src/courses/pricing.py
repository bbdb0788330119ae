from typing import Literal

from src.courses.schemas import Course, Purchase

Asker = Literal["page", "quote", "order"]


def total_paise(course: Course, purchase: Purchase, asker: Asker) -> int:
    listed_paise = course.price_paise * purchase.seats
    promo_code = (purchase.promo_code or "").upper()
    promo_pct = course.promo_codes.get(promo_code, 0)
    if asker == "page":
        percent = 25 if purchase.seats >= 20 else 10 if purchase.seats >= 5 else 0
        return (listed_paise * (100 - max(percent, promo_pct)) + 50) // 100
    if asker == "quote":
        discount_pct = max(_group_pct(purchase.seats), promo_pct)
        return (listed_paise * (100 - discount_pct) + 50) // 100
    discounts = [pct for seats, pct in {20: 25, 5: 10}.items() if purchase.seats >= seats]
    return (listed_paise * (100 - max([promo_pct, *discounts])) + 50) // 100


def _group_pct(seats: int) -> int:
    if seats >= 20:
        return 25
    if seats >= 5:
        return 10
    return 0
