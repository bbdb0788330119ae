from src.courses.schemas import Course, PriceTag, Purchase


def price_tag(course: Course, purchase: Purchase) -> PriceTag:
    percent = 25 if purchase.seats >= 20 else 10 if purchase.seats >= 5 else 0
    if purchase.promo_code is not None:
        percent = max(percent, course.promo_codes.get(purchase.promo_code.upper(), 0))
    listed_paise = course.price_paise * purchase.seats
    return PriceTag(
        slug=course.slug,
        seats=purchase.seats,
        total_paise=(listed_paise * (100 - percent) + 50) // 100,
    )
