from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Request, status

from src.payments import service as payments_service
from src.payments.schemas import Checkout

router = APIRouter(prefix="/payments", tags=["payments"])


@router.get("/checkout")
async def show_checkout() -> Checkout:
    return payments_service.describe_checkout()


@router.post("/webhook", status_code=status.HTTP_204_NO_CONTENT)
async def receive_webhook(request: Request, x_razorpay_signature: Annotated[str, Header()]) -> None:
    if not payments_service.is_signed(await request.body(), x_razorpay_signature):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "signature_invalid")
