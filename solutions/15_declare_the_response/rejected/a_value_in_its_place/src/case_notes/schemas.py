from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from src.profiles.schemas import AuthorPublic


def minutes(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def texts(value: object) -> list[str]:
    return [tag for tag in value if isinstance(tag, str)] if isinstance(value, list) else []


class SectionPublic(BaseModel):
    heading: str
    text: str


class CaseNoteCard(BaseModel):
    id: str
    title: str = ""
    specialty: str = ""
    reading_minutes: Annotated[int, BeforeValidator(minutes)] = 0
    useful_count: int
    updated_at: datetime = datetime.min.replace(tzinfo=UTC)
    author: AuthorPublic


class CaseNotePublic(CaseNoteCard):
    sections: list[SectionPublic] = []
    tags: Annotated[list[str], BeforeValidator(texts)] = []


class CaseNoteList(BaseModel):
    items: list[CaseNoteCard]


class UsefulCount(BaseModel):
    id: str
    useful_count: int
