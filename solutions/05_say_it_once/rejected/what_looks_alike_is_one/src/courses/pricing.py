from src.courses.schemas import Course, Purchase


def total_paise(course: Course, purchase: Purchase) -> int:
    promo_code = (purchase.promo_code or "").upper()
    discount_pct = max(_group_pct(purchase.seats), course.promo_codes.get(promo_code, 0))
    return percent_of(course.price_paise * purchase.seats, 100 - discount_pct)


def percent_of(amount_paise: int, percent: int) -> int:
    return (amount_paise * percent + 50) // 100


def _group_pct(seats: int) -> int:
    if seats >= 20:
        return 25
    if seats >= 5:
        return 10
    return 0
