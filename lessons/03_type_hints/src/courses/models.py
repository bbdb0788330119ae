from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    position: int
    title: str
    minutes: int
    is_preview: bool


@dataclass(frozen=True)
class Course:
    slug: str
    title: str
    price_paise: int
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class GroupPrice:
    slug: str
    seats: int
    price_paise: int
