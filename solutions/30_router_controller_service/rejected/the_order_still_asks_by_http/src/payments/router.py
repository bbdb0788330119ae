from fastapi import APIRouter, Request
from httpx import ASGITransport, AsyncClient

from src.courses import exceptions as courses_exceptions
from src.courses.schemas import Quote
from src.dependencies import Session
from src.exceptions import DocfliqError
from src.payments import controller as payments_controller
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


def refusal(code: str) -> DocfliqError:
    refusals = (
        courses_exceptions.CourseNotFoundError(),
        courses_exceptions.PromoNotFoundError(),
        courses_exceptions.PromoExpiredError(),
    )
    return next(one for one in refusals if one.code == code)


@router.post("/orders", status_code=201)
async def create_order(
    request: Request, session: Session, me: CurrentUser, data: OrderCreate
) -> OrderPublic:
    async with AsyncClient(transport=ASGITransport(request.app), base_url="http://api") as api:
        answer = await api.get(
            f"/api/v1/courses/{data.slug}/quote",
            params=data.model_dump(include={"promo_code"}, exclude_none=True),
            headers={"X-User-Id": str(me.id)},
        )
    if answer.is_error:
        raise refusal(answer.json()["error"]["code"])
    quote = Quote.model_validate(answer.json())
    return await payments_controller.create_order(session, me.id, quote)
