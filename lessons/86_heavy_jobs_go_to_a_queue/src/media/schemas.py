from uuid import UUID

from pydantic import BaseModel, ConfigDict

from src.media.models import MediaStatus


class MediaRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: MediaStatus
    renditions: list[str]
    error: str | None


class Rendition(BaseModel):
    object_key: str
    size_bytes: int
