from src.courses.schemas import Course, Purchase


def listed(course: Course, purchase: Purchase) -> int:
    return course.price_paise * purchase.seats


def group_pct(purchase: Purchase) -> int:
    return 25 if purchase.seats >= 20 else 10 if purchase.seats >= 5 else 0


def promo_pct(course: Course, purchase: Purchase) -> int:
    return course.promo_codes.get((purchase.promo_code or "").upper(), 0)


def better(group: int, promo: int) -> int:
    return max(group, promo)


def less(amount_paise: int, discount_pct: int) -> int:
    return (amount_paise * (100 - discount_pct) + 50) // 100
