from fastapi import APIRouter, status

from src.courses.dependencies import CurrentCourse
from src.courses.pricing import CurrentPricing
from src.courses.schemas import Purchase
from src.payments import service as payments_service
from src.payments.schemas import Order

router = APIRouter(prefix="/courses/{slug}/orders", tags=["payments"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def place_order(pricing: CurrentPricing, course: CurrentCourse, purchase: Purchase) -> Order:
    return payments_service.order(pricing, course, purchase)
