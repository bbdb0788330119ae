from datetime import datetime

from pydantic import BaseModel

from src.notifications.models import NotificationType


class NotificationCard(BaseModel):
    id: str
    type: NotificationType
    actor_name: str
    snippet: str
    created_at: datetime


class NotificationList(BaseModel):
    items: list[NotificationCard]


class UnreadCount(BaseModel):
    unread: int
