from datetime import datetime
from typing import ClassVar
from uuid import UUID

from beanie import Document
from pydantic import BaseModel, Field
from pymongo import DESCENDING, IndexModel


class Section(BaseModel):
    heading: str
    text: str


class Review(BaseModel):
    reviewer_id: UUID
    remarks: str


class CaseNote(Document):
    author_id: UUID
    title: str
    specialty: str
    reading_minutes: int
    sections: list[Section]
    tags: list[str] = Field(default_factory=list)
    useful_to: list[UUID] = Field(default_factory=list)
    review: Review | None = None
    is_draft: bool = True
    updated_at: datetime

    class Settings:
        name = "case_notes"
        indexes: ClassVar = [IndexModel([("is_draft", DESCENDING), ("updated_at", DESCENDING)])]
