from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.courses.schemas import Quote
from src.payments import service as payments_service
from src.payments.schemas import OrderPublic


async def create_order(session: AsyncSession, user_id: UUID, quote: Quote) -> OrderPublic:
    payment = await payments_service.open_payment(
        session, user_id, quote.course_id, quote.price_paise
    )
    return OrderPublic(
        payment_id=payment.id, course_id=payment.course_id, amount_paise=payment.amount_paise
    )
