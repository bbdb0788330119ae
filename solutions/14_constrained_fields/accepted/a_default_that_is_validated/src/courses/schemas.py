from typing import Annotated
from uuid import UUID

from annotated_types import Interval, Len, MaxLen
from pydantic import (
    BaseModel,
    EmailStr,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from src.courses.constants import PricingType

Title = Annotated[str, Len(1, 300)]
Description = Annotated[str, MaxLen(5000)]
Tags = Annotated[list[Annotated[str, Len(1, 100)]], MaxLen(10)]
Language = Annotated[str, StringConstraints(pattern=r"\A[a-z][a-z]\z")]
Translations = Annotated[dict[Language, Title], MaxLen(10)]


class ModuleCreate(BaseModel):
    title: Title
    minutes: Annotated[int, Interval(ge=1, le=600)]


Syllabus = Annotated[list[ModuleCreate], Len(1, 50)]


class CourseCreate(BaseModel):
    title: Title
    description: Description = ""
    contact_email: EmailStr
    specialty_tags: Tags = []
    translations: Translations = {}
    syllabus: Syllabus
    pricing_type: PricingType = PricingType.FREE
    price_paise: Annotated[int, Interval(ge=0, le=10_000_000)] = Field(
        default=0, validate_default=True
    )

    @field_validator("price_paise")
    @classmethod
    def price_fits_pricing_type(cls, price_paise: int, info: ValidationInfo) -> int:
        is_free = info.data.get("pricing_type") is PricingType.FREE
        if is_free != (price_paise == 0):
            raise ValueError("a free course costs 0, and every other one has a price")
        return price_paise


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
