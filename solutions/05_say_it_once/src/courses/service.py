from src.courses.schemas import Course, PriceTag, Purchase


def total_paise(course: Course, purchase: Purchase) -> int:
    percent = 25 if purchase.seats >= 20 else 10 if purchase.seats >= 5 else 0
    if purchase.promo_code is not None:
        percent = max(percent, course.promo_codes.get(purchase.promo_code.upper(), 0))
    return (course.price_paise * purchase.seats * (100 - percent) + 50) // 100


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    total = total_paise(course, purchase)
    return PriceTag(slug=course.slug, seats=purchase.seats, total_paise=total)
