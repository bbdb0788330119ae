import asyncio

from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from src.exceptions import DocfliqError
from src.payments import razorpay as razorpay_api
from src.payments.models import Payment, PaymentStatus

Sessions = async_sessionmaker[AsyncSession]


async def send_refunds(sessions: Sessions, razorpay: AsyncClient, wake: asyncio.Event) -> None:
    # What a process that ended has left behind is sent first; the key makes that harmless.
    while True:
        wake.clear()
        async with sessions() as session:
            pending = await session.scalars(
                select(Payment).where(Payment.status == PaymentStatus.REFUND_PENDING)
            )
            payments = list(pending)
        for payment in payments:
            await send(sessions, razorpay, payment)
        await wake.wait()


async def send(sessions: Sessions, razorpay: AsyncClient, payment: Payment) -> None:
    refund_id, status = None, PaymentStatus.CAPTURED
    try:
        refund_id = await razorpay_api.refund(razorpay, payment)
        status = PaymentStatus.REFUNDED
    except DocfliqError:
        pass  # whoever reads the payment sees that it is not refunded, and clicks again
    async with sessions.begin() as session:
        stored = await session.get_one(Payment, payment.id)
        stored.status, stored.refund_id = status, refund_id
