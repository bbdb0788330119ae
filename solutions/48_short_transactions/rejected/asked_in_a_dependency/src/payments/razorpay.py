from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from httpx import AsyncClient, HTTPError, codes

from src.database import Session
from src.payments import service as payments_service
from src.payments.exceptions import ProviderUnavailableError, RefundInProgressError
from src.payments.models import Payment
from src.payments.schemas import Settlement


async def get_razorpay(request: Request) -> AsyncClient:
    client: AsyncClient = request.state.razorpay
    return client


Razorpay = Annotated[AsyncClient, Depends(get_razorpay)]


async def refund(razorpay: AsyncClient, payment: Payment) -> str:
    # The same key is the same refund to Razorpay, however often it is sent.
    key = {"X-Refund-Idempotency": str(payment.id)}
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


async def refund_of_payment(session: Session, razorpay: Razorpay, payment_id: UUID) -> str:
    payment = await payments_service.find_refundable(session, payment_id)
    return await refund(razorpay, payment)


async def settlement_of_payment(
    session: Session, razorpay: Razorpay, payment_id: UUID
) -> Settlement:
    payment = await payments_service.find(session, payment_id)
    return await settlement(razorpay, payment)


RefundId = Annotated[str, Depends(refund_of_payment)]
SettlementOfPayment = Annotated[Settlement, Depends(settlement_of_payment)]
