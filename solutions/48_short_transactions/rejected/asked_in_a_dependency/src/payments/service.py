from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.payments.exceptions import NotRefundableError, PaymentNotFoundError
from src.payments.models import Payment, PaymentStatus


async def find(session: AsyncSession, payment_id: UUID, *, for_update: bool = False) -> Payment:
    payment = await session.get(Payment, payment_id, with_for_update=for_update)
    if payment is None:
        raise PaymentNotFoundError
    return payment


async def find_refundable(session: AsyncSession, payment_id: UUID) -> Payment:
    payment = await find(session, payment_id, for_update=True)
    if payment.status != PaymentStatus.CAPTURED:
        raise NotRefundableError
    return payment


async def store_refund(session: AsyncSession, payment_id: UUID, refund_id: str) -> Payment:
    payment = await find(session, payment_id)
    payment.refund_id, payment.status = refund_id, PaymentStatus.REFUNDED
    await session.flush()
    return payment
