from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

Note = Annotated[str, Field(min_length=5, max_length=255)]


class Decision(BaseModel):
    note: Note


class DecisionPublic(BaseModel):
    post_id: UUID
    status: Literal["HIDDEN_BY_ADMIN", "PUBLISHED"]
    closed_reports: int
