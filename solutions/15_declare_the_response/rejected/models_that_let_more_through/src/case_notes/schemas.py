from datetime import datetime

from pydantic import BaseModel, ConfigDict

from src.profiles.schemas import AuthorPublic


class Public(BaseModel):
    model_config = ConfigDict(extra="allow")


class SectionPublic(Public):
    heading: str
    text: str


class CaseNoteCard(Public):
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


class CaseNoteList(Public):
    items: list[CaseNoteCard]


class UsefulCount(Public):
    id: str
    useful_count: int
