from src.courses.constants import PaymentStatus
from src.courses.schemas import Course, Payment, PromoCode


def find_promo(course: Course, code: str) -> PromoCode | None:
    return next((promo for promo in course.promo_codes if promo.code == code.upper()), None)


def is_redeemable(promo: PromoCode) -> bool:
    return promo.is_active and promo.current_uses < promo.max_uses


def discounted(price_paise: int, discount_pct: int) -> int:
    return (price_paise * (100 - discount_pct) + 50) // 100  # half a paisa goes up


def is_settled(payment: Payment | None, price_paise: int) -> bool:
    if price_paise == 0:
        return True
    if payment is None:
        return False
    return payment.status is PaymentStatus.CAPTURED and payment.amount_paise == price_paise
