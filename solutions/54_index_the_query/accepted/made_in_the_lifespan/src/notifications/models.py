from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from beanie import Document, Indexed
from pydantic import BaseModel, StringConstraints


class NotificationType(StrEnum):
    LIKE = "like"
    COMMENT = "comment"
    FOLLOW = "follow"
    MENTION = "mention"


class Actor(BaseModel):
    user_id: UUID
    name: str
    is_verified: bool


class Notification(Document):
    recipient_id: UUID
    actor: Actor
    type: NotificationType
    post_id: Annotated[UUID | None, Indexed()] = None
    snippet: Annotated[str, StringConstraints(max_length=160)]
    is_read: bool = False
    created_at: datetime

    class Settings:
        name = "notifications"
