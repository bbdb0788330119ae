from fastapi import APIRouter

from src.courses.router import quote_course
from src.dependencies import Now, Session
from src.payments import controller as payments_controller
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/orders", status_code=201)
async def create_order(
    session: Session, me: CurrentUser, now: Now, data: OrderCreate
) -> OrderPublic:
    quote = await quote_course(session, me, now, data.slug, data.promo_code)
    return await payments_controller.create_order(session, me.id, quote)
