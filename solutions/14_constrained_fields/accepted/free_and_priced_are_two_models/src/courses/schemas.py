from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Discriminator, EmailStr, Field
from pydantic import Tag as Case

from src.courses.constants import PricingType

Title = Annotated[str, Field(min_length=1, max_length=300)]
Description = Annotated[str, Field(max_length=5000)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Tags = Annotated[list[Tag], Field(max_length=10)]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
Translations = Annotated[dict[Language, Title], Field(max_length=10)]


class ModuleCreate(BaseModel):
    title: Title
    minutes: int = Field(ge=1, le=600)


Syllabus = Annotated[list[ModuleCreate], Field(min_length=1, max_length=50)]


class CourseFields(BaseModel):
    title: Title
    description: Description = ""
    contact_email: EmailStr
    specialty_tags: Tags = []
    translations: Translations = {}
    syllabus: Syllabus


class FreeCourseCreate(CourseFields):
    pricing_type: Literal[PricingType.FREE] = PricingType.FREE
    price_paise: Literal[0] = 0


class PricedCourseCreate(CourseFields):
    pricing_type: Literal[PricingType.PAID, PricingType.FREE_PLUS_CERTIFICATE]
    price_paise: int = Field(ge=1, le=10_000_000)


def kind_of_course(form: Any) -> str:
    pricing_type = form.get("pricing_type", "FREE") if isinstance(form, dict) else "FREE"
    return "free" if pricing_type == "FREE" else "priced"


CourseCreate = Annotated[
    Annotated[FreeCourseCreate, Case("free")] | Annotated[PricedCourseCreate, Case("priced")],
    Discriminator(kind_of_course),
]


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
