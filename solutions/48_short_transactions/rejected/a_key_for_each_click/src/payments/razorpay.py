from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Request
from httpx import AsyncClient, HTTPError, codes

from src.payments.exceptions import ProviderUnavailableError, RefundInProgressError
from src.payments.models import Payment
from src.payments.schemas import Settlement


async def get_razorpay(request: Request) -> AsyncClient:
    client: AsyncClient = request.state.razorpay
    return client


Razorpay = Annotated[AsyncClient, Depends(get_razorpay)]


async def refund(razorpay: AsyncClient, payment: Payment) -> str:
    key = {"X-Refund-Idempotency": str(uuid4())}
    path = f"/v1/payments/{payment.provider_payment_id}/refund"
    try:
        response = await razorpay.post(path, json={"amount": payment.amount_paise}, headers=key)
        if response.status_code == codes.CONFLICT:
            raise RefundInProgressError
        refund_id: str = response.raise_for_status().json()["id"]
    except HTTPError as error:
        raise ProviderUnavailableError from error
    return refund_id


async def settlement(razorpay: AsyncClient, payment: Payment) -> Settlement:
    try:
        response = await razorpay.get(f"/v1/payments/{payment.provider_payment_id}/settlement")
        return Settlement.model_validate(response.raise_for_status().json())
    except HTTPError as error:
        raise ProviderUnavailableError from error
