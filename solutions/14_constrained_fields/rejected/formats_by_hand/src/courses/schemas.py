from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from src.courses.constants import PricingType

Title = Annotated[str, Field(min_length=1, max_length=300)]
Description = Annotated[str, Field(max_length=5000)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Tags = Annotated[list[Tag], Field(max_length=10)]


def two_small_letters(key: str) -> str:
    if not (len(key) == 2 and key.isalpha() and key.islower()):
        raise ValueError("a language is two small letters")
    return key


Language = Annotated[str, AfterValidator(two_small_letters)]
ContactEmail = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Translations = Annotated[dict[Language, Title], Field(max_length=10)]


class ModuleCreate(BaseModel):
    title: Title
    minutes: int = Field(ge=1, le=600)


Syllabus = Annotated[list[ModuleCreate], Field(min_length=1, max_length=50)]


class CourseCreate(BaseModel):
    title: Title
    description: Description = ""
    contact_email: ContactEmail
    specialty_tags: Tags = []
    translations: Translations = {}
    syllabus: Syllabus
    pricing_type: PricingType = PricingType.FREE
    price_paise: int = Field(default=0, ge=0, le=10_000_000)

    @model_validator(mode="after")
    def price_fits_pricing_type(self) -> Self:
        is_free = self.pricing_type is PricingType.FREE
        if is_free != (self.price_paise == 0):
            raise ValueError("a free course costs 0, and every other one has a price")
        return self


class CourseUpdate(BaseModel):
    title: Title | None = None
    description: Description | None = None
    contact_email: ContactEmail | None = None
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
