from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from src.courses.schemas import Course, Purchase


class Pricing:
    def __init__(self, groups: Mapping[int, int]) -> None:
        self._groups = groups

    def total_paise(self, course: Course, purchase: Purchase) -> int:
        promo_code = (purchase.promo_code or "").upper()
        group_pct = max(pct for seats, pct in self._groups.items() if purchase.seats >= seats)
        discount_pct = max(group_pct, course.promo_codes.get(promo_code, 0))
        return (course.price_paise * purchase.seats * (100 - discount_pct) + 50) // 100


async def get_pricing(request: Request) -> Pricing:
    pricing: Pricing = request.state.pricing
    return pricing


CurrentPricing = Annotated[Pricing, Depends(get_pricing)]
