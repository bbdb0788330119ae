from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from src.notifications import service as notifications_service

router = APIRouter(prefix="/users", tags=["notifications"])


@router.get("/{user_id}/notifications/stream", response_class=StreamingResponse)
async def stream(
    user_id: str, request: Request, last_event_id: Annotated[str, Header()] = "0"
) -> StreamingResponse:
    state = request.state
    events = notifications_service.follow(
        state.redis, user_id, last_event_id, state.settings.heartbeat_seconds, state.stopping
    )
    return StreamingResponse(events, media_type="text/event-stream")
