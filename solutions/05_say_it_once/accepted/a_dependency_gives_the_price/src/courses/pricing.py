from typing import Annotated

from fastapi import Depends

from src.courses.dependencies import CurrentCourse
from src.courses.schemas import Purchase


def total_paise(course: CurrentCourse, purchase: Purchase) -> int:
    promo_code = (purchase.promo_code or "").upper()
    promo_pct = course.promo_codes.get(promo_code, 0)
    discount_pct = max(promo_pct, 25 if purchase.seats >= 20 else 10 if purchase.seats >= 5 else 0)
    return (course.price_paise * purchase.seats * (100 - discount_pct) + 50) // 100


TotalPaise = Annotated[int, Depends(total_paise)]
