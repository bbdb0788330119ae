from datetime import datetime
from typing import Any

from pydantic import BaseModel


class CaseNoteCard(BaseModel):
    id: str
    title: str
    specialty: str
    reading_minutes: int
    useful_count: int
    updated_at: datetime
    author: dict[str, Any]


class CaseNotePublic(CaseNoteCard):
    sections: list[dict[str, Any]]
    tags: list[str] = []


class CaseNoteList(BaseModel):
    items: list[CaseNoteCard]


class UsefulCount(BaseModel):
    id: str
    useful_count: int
