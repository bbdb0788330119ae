from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from src.auth.dependencies import CurrentUserId
from src.notifications import service as notifications_service
from src.notifications.schemas import NotificationList, UnreadCount

router = APIRouter(tags=["notifications"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/notifications")
async def list_notifications(
    user_id: CurrentUserId, *, unread: bool = True, limit: Limit = 20
) -> NotificationList:
    items = await notifications_service.latest(user_id, unread=unread, limit=limit)
    return NotificationList(items=items)


@router.get("/notifications/unread-count")
async def count_unread(user_id: CurrentUserId) -> UnreadCount:
    return UnreadCount(unread=await notifications_service.count_unread(user_id))


@router.post("/notifications/read-all", status_code=status.HTTP_204_NO_CONTENT)
async def read_all(user_id: CurrentUserId) -> None:
    await notifications_service.mark_all_read(user_id)


# Moderation calls this when a post is taken down; the gateway lets nobody else through.
@router.delete("/posts/{post_id}/notifications", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_notifications(post_id: UUID) -> None:
    await notifications_service.withdraw(post_id)
