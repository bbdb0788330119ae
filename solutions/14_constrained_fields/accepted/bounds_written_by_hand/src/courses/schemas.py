from collections.abc import Sized
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, EmailStr, model_validator

from src.courses.constants import PricingType


def sized(least: int, most: int) -> AfterValidator:
    def check(value: Sized) -> Sized:
        if not least <= len(value) <= most:
            raise ValueError(f"takes {least} to {most}")
        return value

    return AfterValidator(check)


def between(least: int, most: int) -> AfterValidator:
    def check(value: int) -> int:
        if value not in range(least, most + 1):
            raise ValueError(f"takes {least} to {most}")
        return value

    return AfterValidator(check)


def two_small_letters(value: str) -> str:
    if len(value) != 2 or not (value.isascii() and value.isalpha() and value.islower()):
        raise ValueError("takes two small letters")
    return value


Title = Annotated[str, sized(1, 300)]
Description = Annotated[str, sized(0, 5000)]
Tags = Annotated[list[Annotated[str, sized(1, 100)]], sized(0, 10)]
Translations = Annotated[
    dict[Annotated[str, AfterValidator(two_small_letters)], Title], sized(0, 10)
]


class ModuleCreate(BaseModel):
    title: Title
    minutes: Annotated[int, between(1, 600)]


Syllabus = Annotated[list[ModuleCreate], sized(1, 50)]


class CourseCreate(BaseModel):
    title: Title
    description: Description = ""
    contact_email: EmailStr
    specialty_tags: Tags = []
    translations: Translations = {}
    syllabus: Syllabus
    pricing_type: PricingType = PricingType.FREE
    price_paise: Annotated[int, between(0, 10_000_000)] = 0

    @model_validator(mode="before")
    @classmethod
    def price_is_there(cls, form: Any) -> Any:
        if isinstance(form, dict):
            is_free = form.get("pricing_type", "FREE") == "FREE"
            if is_free != (form.get("price_paise", 0) == 0):
                raise ValueError("a free course costs 0, and every other one has a price")
        return form


class CourseUpdate(BaseModel):
    title: Title | None = None
    description: Description | None = None
    contact_email: EmailStr | None = None
    specialty_tags: Tags | None = None
    translations: Translations | None = None
    syllabus: Syllabus | None = None


class ModulePublic(BaseModel):
    title: str
    minutes: int


class CoursePublic(BaseModel):
    course_id: UUID
    title: str
    description: str
    contact_email: str
    specialty_tags: list[str]
    translations: dict[str, str]
    syllabus: list[ModulePublic]
    pricing_type: PricingType
    price_paise: int


class CourseList(BaseModel):
    items: list[CoursePublic]
