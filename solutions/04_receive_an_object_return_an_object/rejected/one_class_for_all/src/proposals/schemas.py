from typing import Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field


class Proposal(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str = Field(min_length=1, max_length=300)
    city: str = Field(min_length=1, max_length=100)
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    minutes: int = Field(ge=10, le=600)
    seats: int = Field(ge=1, le=500)
    proposal_id: UUID = Field(default_factory=uuid4)
    status: Literal["submitted", "accepted"] = "submitted"
