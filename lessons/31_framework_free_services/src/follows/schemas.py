from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class FollowPublic(BaseModel):
    followee_id: UUID
    created_at: datetime
