from fastapi import APIRouter, BackgroundTasks, Request, status

from src.channels import service as channels_service
from src.channels.schemas import Announcement, AnnouncementCreate

router = APIRouter(prefix="/channels", tags=["channels"])


@router.post("/{slug}/announcements", status_code=status.HTTP_202_ACCEPTED)
async def announce(
    slug: str, body: AnnouncementCreate, request: Request, after: BackgroundTasks
) -> Announcement:
    state = request.state
    announcement = Announcement(slug=slug, text=body.text)
    after.add_task(channels_service.tell_followers, state.redis, announcement, state.settings)
    return announcement
