from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from src.payments import razorpay as razorpay_api
from src.payments.exceptions import NotRefundableError, PaymentNotFoundError
from src.payments.models import Payment, PaymentStatus
from src.payments.schemas import Settlement


async def find(session: AsyncSession, payment_id: UUID) -> Payment:
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    return payment


async def refund(session: AsyncSession, razorpay: AsyncClient, payment_id: UUID) -> Payment:
    payment = await find(session, payment_id)
    if payment.status != PaymentStatus.CAPTURED:
        raise NotRefundableError
    # Razorpay takes its time: nothing is held meanwhile, and a second click has the same key.
    await session.rollback()
    payment.refund_id = await razorpay_api.refund(razorpay, payment)
    payment.status = PaymentStatus.REFUNDED
    await session.flush()
    return payment


async def settlement(session: AsyncSession, razorpay: AsyncClient, payment_id: UUID) -> Settlement:
    payment = await find(session, payment_id)
    await session.rollback()
    return await razorpay_api.settlement(razorpay, payment)
