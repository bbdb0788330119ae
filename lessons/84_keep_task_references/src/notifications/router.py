from fastapi import APIRouter, Request, status

from src.notifications.schemas import PushAccepted, PushCreate

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.post("/pushes", status_code=status.HTTP_202_ACCEPTED)
async def push(body: PushCreate, request: Request) -> PushAccepted:
    devices = await request.state.pushes.start(body.user_id, body.text)
    return PushAccepted(devices=devices)
