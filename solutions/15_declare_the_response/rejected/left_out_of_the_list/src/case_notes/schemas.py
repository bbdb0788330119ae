from datetime import datetime

from pydantic import BaseModel

from src.profiles.schemas import AuthorPublic


class SectionPublic(BaseModel):
    heading: str
    text: str


class CaseNoteCard(BaseModel):
    id: str
    title: str
    specialty: str
    reading_minutes: int
    useful_count: int
    updated_at: datetime
    author: AuthorPublic


class CaseNotePublic(CaseNoteCard):
    sections: list[SectionPublic]
    tags: list[str] = []


class CaseNoteList(BaseModel):
    items: list[CaseNoteCard]


class UsefulCount(BaseModel):
    id: str
    useful_count: int
