from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ProposalFields(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str = Field(min_length=1, max_length=300)
    city: str = Field(min_length=1, max_length=100)
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    minutes: int = Field(ge=10, le=600)
    seats: int = Field(ge=1, le=500)


class ProposalCreate(ProposalFields):
    pass


class ProposalPublic(ProposalFields):
    proposal_id: UUID
    status: Literal["submitted"] = "submitted"
