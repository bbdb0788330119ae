from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from src.payments import razorpay as razorpay_api
from src.payments.exceptions import NotRefundableError, PaymentNotFoundError
from src.payments.models import Payment, PaymentStatus
from src.payments.schemas import Settlement


async def find(session: AsyncSession, payment_id: UUID, *, for_update: bool = False) -> Payment:
    payment = await session.get(Payment, payment_id, with_for_update=for_update)
    if payment is None:
        raise PaymentNotFoundError
    return payment


async def find_refundable(
    session: AsyncSession, payment_id: UUID, *, for_update: bool = False
) -> Payment:
    payment = await find(session, payment_id, for_update=for_update)
    if payment.status != PaymentStatus.CAPTURED:
        raise NotRefundableError
    return payment


async def refund(
    sessions: async_sessionmaker[AsyncSession], razorpay: AsyncClient, payment_id: UUID
) -> None:
    async with sessions.begin() as session:
        payment = await find_refundable(session, payment_id, for_update=True)
        payment.refund_id = await razorpay_api.refund(razorpay, payment)
        payment.status = PaymentStatus.REFUNDED


async def settlement(session: AsyncSession, razorpay: AsyncClient, payment_id: UUID) -> Settlement:
    payment = await find(session, payment_id)
    await session.commit()
    return await razorpay_api.settlement(razorpay, payment)
