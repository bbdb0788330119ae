from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from beanie import Document
from pydantic import BaseModel, StringConstraints
from pymongo import ASCENDING


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
    post_id: UUID | None = None
    snippet: Annotated[str, StringConstraints(max_length=160)]
    is_read: bool = False
    created_at: datetime

    class Settings:
        name = "notifications"
        indexes: ClassVar = [
            [("is_read", ASCENDING), ("recipient_id", ASCENDING), ("created_at", ASCENDING)],
            [("post_id", ASCENDING), ("type", ASCENDING)],
        ]
