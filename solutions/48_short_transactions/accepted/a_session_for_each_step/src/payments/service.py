from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from src.payments import razorpay as razorpay_api
from src.payments.exceptions import NotRefundableError, PaymentNotFoundError
from src.payments.models import Payment, PaymentStatus
from src.payments.schemas import Settlement

Sessions = async_sessionmaker[AsyncSession]


async def find(session: AsyncSession, payment_id: UUID) -> Payment:
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    return payment


async def refund(sessions: Sessions, razorpay: AsyncClient, payment_id: UUID) -> Payment:
    async with sessions() as session:
        payment = await find(session, payment_id)
    if payment.status != PaymentStatus.CAPTURED:
        raise NotRefundableError
    refund_id = await razorpay_api.refund(razorpay, payment)
    async with sessions.begin() as session:
        payment = await find(session, payment_id)
        payment.refund_id, payment.status = refund_id, PaymentStatus.REFUNDED
    return payment


async def settlement(sessions: Sessions, razorpay: AsyncClient, payment_id: UUID) -> Settlement:
    async with sessions() as session:
        payment = await find(session, payment_id)
    return await razorpay_api.settlement(razorpay, payment)
