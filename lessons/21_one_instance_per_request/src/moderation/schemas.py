from uuid import UUID

from pydantic import BaseModel, ConfigDict


class PostModerated(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: str
    hidden_by: UUID | None


class ReportRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    post_id: UUID
    reason: str


class ReportList(BaseModel):
    items: list[ReportRead]
