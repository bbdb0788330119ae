from typing import Annotated

from fastapi import APIRouter, Query

from src.courses import service as courses_service
from src.courses.dependencies import CurrentCourse
from src.courses.pricing import CurrentPricing
from src.courses.schemas import PriceTag, Purchase

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])


@router.get("/price")
async def show_price(
    pricing: CurrentPricing, course: CurrentCourse, purchase: Annotated[Purchase, Query()]
) -> PriceTag:
    return courses_service.price_tag(pricing, course, purchase)
