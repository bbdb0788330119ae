from src.courses.schemas import Course, Purchase

GROUPS = {20: 25, 5: 10}


def total_paise(course: Course, purchase: Purchase) -> int:
    discounts = [pct for seats, pct in GROUPS.items() if purchase.seats > seats]
    if purchase.promo_code in course.promo_codes:
        discounts.append(course.promo_codes[purchase.promo_code])
    listed_paise = course.price_paise * purchase.seats
    return (listed_paise * (100 - max(discounts, default=0)) + 50) // 100
