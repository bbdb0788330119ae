from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

CodeText = Annotated[str, StringConstraints(to_upper=True, min_length=3, max_length=20)]


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
    promo_code: CodeText | None = None


class EnrollmentPublic(BaseModel):
    enrollment_id: UUID
    course_id: UUID
    final_price_paise: int
