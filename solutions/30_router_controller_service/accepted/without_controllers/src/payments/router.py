from fastapi import APIRouter

from src.courses import service as courses_service
from src.dependencies import Now, Session
from src.payments import service as payments_service
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/orders", status_code=201)
async def create_order(
    session: Session, me: CurrentUser, now: Now, data: OrderCreate
) -> OrderPublic:
    offer = await courses_service.offer(session, data.slug, data.promo_code, now)
    payment = await payments_service.open_payment(
        session, me.id, offer.course.id, offer.price_paise
    )
    return OrderPublic(payment_id=payment.id, amount_paise=payment.amount_paise)
