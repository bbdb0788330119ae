from uuid import UUID

from pydantic import BaseModel


class TrendingPost(BaseModel):
    post_id: UUID
    points: int


class TrendingList(BaseModel):
    items: list[TrendingPost]
