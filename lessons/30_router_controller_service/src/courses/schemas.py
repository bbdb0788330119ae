from uuid import UUID

from pydantic import BaseModel, Field


class CoursePage(BaseModel):
    slug: str
    title: str
    price_paise: int
    is_enrolled: bool


class Quote(BaseModel):
    course_id: UUID
    slug: str
    price_paise: int


class EnrollmentCreate(BaseModel):
    promo_code: str | None = Field(None, min_length=3, max_length=20)


class EnrollmentPublic(BaseModel):
    enrollment_id: UUID
    course_id: UUID
    final_price_paise: int
