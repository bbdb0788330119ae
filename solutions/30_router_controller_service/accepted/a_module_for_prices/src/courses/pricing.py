from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from src.courses import exceptions as courses_exceptions
from src.courses.models import Course, PromoCode


def price_of(course: Course, promo: PromoCode | None, now: datetime) -> int:
    discount = discount_of(promo, now) if promo else 0
    price = course.price_paise * (1 - Decimal(discount) / 100)
    return int(price.quantize(Decimal(1), ROUND_HALF_UP))


def discount_of(promo: PromoCode, now: datetime) -> int:
    if not promo.is_active or now >= promo.valid_until:
        raise courses_exceptions.PromoExpiredError
    return promo.discount_pct
