from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.payments.models import Payment


async def open_payment(
    session: AsyncSession, user_id: UUID, course_id: UUID, amount_paise: int
) -> Payment:
    payment = Payment(user_id=user_id, course_id=course_id, amount_paise=amount_paise)
    session.add(payment)
    await session.flush()
    return payment
