from datetime import datetime

from pydantic import BaseModel

from src.profiles.schemas import AuthorPublic


class SectionPublic(BaseModel):
    heading: str | None = None
    text: str | None = None


class CaseNoteCard(BaseModel):
    id: str | None = None
    title: str | None = None
    specialty: str | None = None
    reading_minutes: int | None = None
    useful_count: int | None = None
    updated_at: datetime | None = None
    author: AuthorPublic | None = None


class CaseNotePublic(CaseNoteCard):
    sections: list[SectionPublic] | None = None
    tags: list[str] = []


class CaseNoteList(BaseModel):
    items: list[CaseNoteCard]


class UsefulCount(BaseModel):
    id: str | None = None
    useful_count: int | None = None
