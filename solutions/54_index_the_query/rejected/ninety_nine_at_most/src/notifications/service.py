from collections.abc import Mapping
from typing import Any
from uuid import UUID

from src.notifications.models import Notification
from src.notifications.schemas import NotificationCard


async def latest(recipient_id: UUID, *, unread: bool, limit: int) -> list[NotificationCard]:
    found = Notification.find(_addressed_to(recipient_id, unread=unread))
    return [_card(each) async for each in found.sort("-created_at").limit(limit)]


async def count_unread(recipient_id: UUID) -> int:
    return await Notification.find(_addressed_to(recipient_id, unread=True)).limit(99).count()


async def mark_all_read(recipient_id: UUID) -> None:
    await Notification.find(_addressed_to(recipient_id, unread=True)).set({"is_read": True})


async def withdraw(post_id: UUID) -> None:
    await Notification.find(Notification.post_id == post_id).delete()


def _addressed_to(recipient_id: UUID, *, unread: bool) -> Mapping[str, Any]:
    return {"recipient_id": recipient_id, "is_read": not unread}


def _card(notification: Notification) -> NotificationCard:
    return NotificationCard(
        id=str(notification.id),
        type=notification.type,
        actor_name=notification.actor.name,
        snippet=notification.snippet,
        created_at=notification.created_at,
    )
