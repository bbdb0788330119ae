from datetime import datetime

from typing_extensions import TypedDict

from src.profiles.schemas import AuthorPublic


class SectionPublic(TypedDict):
    heading: str
    text: str


class CaseNoteCard(TypedDict):
    id: str
    title: str
    specialty: str
    reading_minutes: int
    useful_count: int
    updated_at: datetime
    author: AuthorPublic


class CaseNotePublic(CaseNoteCard):
    sections: list[SectionPublic]
    tags: list[str]


class CaseNoteList(TypedDict):
    items: list[CaseNoteCard]


class UsefulCount(TypedDict):
    id: str
    useful_count: int
