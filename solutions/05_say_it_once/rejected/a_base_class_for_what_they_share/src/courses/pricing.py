from src.courses.schemas import Course, Purchase


class PricedService:
    def total_paise(self, course: Course, purchase: Purchase) -> int:
        promo_code = (purchase.promo_code or "").upper()
        discount_pct = max(self._group_pct(purchase.seats), course.promo_codes.get(promo_code, 0))
        return (course.price_paise * purchase.seats * (100 - discount_pct) + 50) // 100

    def _group_pct(self, seats: int) -> int:
        if seats >= 20:
            return 25
        if seats >= 5:
            return 10
        return 0
