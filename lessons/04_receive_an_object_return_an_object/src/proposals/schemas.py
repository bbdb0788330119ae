from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ProposalCreate(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str = Field(min_length=1, max_length=300)
    city: str = Field(min_length=1, max_length=100)
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    minutes: int = Field(ge=10, le=600)
    seats: int = Field(ge=1, le=500)


class ProposalPublic(BaseModel):
    model_config = ConfigDict(frozen=True)

    proposal_id: UUID
    status: Literal["submitted"] = "submitted"
    title: str
    city: str
    language: str
    minutes: int
    seats: int
