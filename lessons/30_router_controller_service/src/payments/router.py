from fastapi import APIRouter, Request
from httpx import ASGITransport, AsyncClient

from src.courses.schemas import Quote
from src.dependencies import Session
from src.payments import controller as payments_controller
from src.payments.schemas import OrderCreate, OrderPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/payments", tags=["payments"])


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
    quote = Quote.model_validate(answer.raise_for_status().json())
    return await payments_controller.create_order(session, me.id, quote)
