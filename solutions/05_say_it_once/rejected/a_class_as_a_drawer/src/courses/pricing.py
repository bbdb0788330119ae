from src.courses.schemas import Course, Purchase


class Pricing:
    @classmethod
    def total_paise(cls, course: Course, purchase: Purchase) -> int:
        promo_code = (purchase.promo_code or "").upper()
        discount_pct = max(cls.group_pct(purchase.seats), course.promo_codes.get(promo_code, 0))
        return (course.price_paise * purchase.seats * (100 - discount_pct) + 50) // 100

    @staticmethod
    def group_pct(seats: int) -> int:
        return 25 if seats >= 20 else 10 if seats >= 5 else 0
