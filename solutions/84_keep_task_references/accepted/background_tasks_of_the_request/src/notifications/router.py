from fastapi import APIRouter, BackgroundTasks, Request, status

from src.notifications.schemas import PushAccepted, PushCreate

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.post("/pushes", status_code=status.HTTP_202_ACCEPTED)
async def push(body: PushCreate, request: Request, tasks: BackgroundTasks) -> PushAccepted:
    devices = await request.state.pushes.devices_of(body.user_id)
    tasks.add_task(request.state.pushes.push, body.user_id, devices, body.text)
    return PushAccepted(devices=len(devices))
