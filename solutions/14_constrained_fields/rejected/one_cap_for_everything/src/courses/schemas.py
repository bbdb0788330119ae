from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from src.courses.constants import PricingType

LONGEST = 5000
MOST = 50


def expect_small(value: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError("is too long")
    if isinstance(value, list | dict) and len(value) > MOST:
        raise ValueError("has too many")
    if isinstance(value, int) and not 0 <= value <= 10_000_000:
        raise ValueError("is too large")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            expect_small(each)


class Capped(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def stay_small(cls, form: Any) -> Any:
        expect_small(form)
        if isinstance(form, dict) and form.get("pricing_type", "FREE") != "FREE":
            form = {"price_paise": 0} | form
        return form


class ModuleCreate(BaseModel):
    title: str
    minutes: int


class CourseCreate(Capped):
    title: str = Field(min_length=1, max_length=300)
    description: str = ""
    contact_email: str = Field(pattern=r"\S+@\S+")
    specialty_tags: list[str] = Field(default=[], max_length=10)
    translations: dict[str, str] = {}
    syllabus: list[ModuleCreate]
    pricing_type: PricingType = PricingType.FREE
    price_paise: int = 0

    @field_validator("price_paise")
    @classmethod
    def price_fits_pricing_type(cls, price_paise: int, info: ValidationInfo) -> int:
        is_free = info.data.get("pricing_type") is PricingType.FREE
        if is_free != (price_paise == 0):
            raise ValueError("a free course costs 0, and every other one has a price")
        return price_paise


class CourseUpdate(Capped):
    title: str | None = None
    description: str | None = None
    contact_email: str | None = None
    specialty_tags: list[str] | None = None
    translations: dict[str, str] | None = None
    syllabus: list[ModuleCreate] | None = None


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
