from uuid import UUID

from pydantic import BaseModel


class LikePublic(BaseModel):
    post_id: UUID
    like_count: int
