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
    recipient_id: Annotated[UUID, Indexed()]
    actor: Actor
    type: NotificationType
    post_id: Annotated[UUID | None, Indexed()] = None
    snippet: Annotated[str, StringConstraints(max_length=160)]
    is_read: Annotated[bool, Indexed()] = False
    created_at: Annotated[datetime, Indexed()]

    class Settings:
        name = "notifications"
