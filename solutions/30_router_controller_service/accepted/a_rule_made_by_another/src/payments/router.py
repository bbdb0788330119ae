from fastapi import APIRouter

from src.courses import controller as courses_controller
from src.dependencies import Now, Session
from src.payments import controller as payments_controller
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/orders", status_code=201)
async def create_order(
    session: Session, me: CurrentUser, now: Now, data: OrderCreate
) -> OrderPublic:
    quote = await courses_controller.quote(session, data.slug, data.promo_code, now)
    return await payments_controller.create_order(session, me.id, quote)
