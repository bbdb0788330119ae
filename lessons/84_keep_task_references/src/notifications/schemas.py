from uuid import UUID

from pydantic import BaseModel, Field


class PushCreate(BaseModel):
    user_id: UUID
    text: str = Field(min_length=1, max_length=160)


class PushAccepted(BaseModel):
    devices: int
