from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from src.payments import razorpay as razorpay_api
from src.payments.exceptions import NotRefundableError, PaymentNotFoundError
from src.payments.models import Payment, PaymentStatus
from src.payments.schemas import Settlement


async def find(session: AsyncSession, payment_id: UUID, *, for_update: bool = False) -> Payment:
    payment = await session.get(Payment, payment_id, with_for_update=for_update)
    if payment is None:
        raise PaymentNotFoundError
    return payment


async def refund(session: AsyncSession, razorpay: AsyncClient, payment_id: UUID) -> Payment:
    payment = await find(session, payment_id, for_update=True)
    if payment.status != PaymentStatus.CAPTURED:
        raise NotRefundableError
    # Everybody can read that a refund is under way, and a second click is refused.
    payment.status = PaymentStatus.REFUND_PENDING
    await session.commit()
    payment.refund_id = await razorpay_api.refund(razorpay, payment)
    payment.status = PaymentStatus.REFUNDED
    await session.flush()
    return payment


async def settlement(session: AsyncSession, razorpay: AsyncClient, payment_id: UUID) -> Settlement:
    payment = await find(session, payment_id)
    await session.commit()
    return await razorpay_api.settlement(razorpay, payment)
