from fastapi import APIRouter

from src.courses import controller as courses_controller
from src.courses.exceptions import PromoExpiredError
from src.dependencies import Now, Session
from src.payments import controller as payments_controller
from src.payments.exceptions import OrderRefusedError
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/orders", status_code=201)
async def create_order(
    session: Session, me: CurrentUser, now: Now, data: OrderCreate
) -> OrderPublic:
    try:
        quote = await courses_controller.quote(session, data.slug, data.promo_code, now)
    except PromoExpiredError as error:
        raise OrderRefusedError from error
    return await payments_controller.create_order(session, me.id, quote)
