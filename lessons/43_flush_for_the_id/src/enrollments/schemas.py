from uuid import UUID

from pydantic import BaseModel, Field


class EnrollmentCreate(BaseModel):
    access_code: str = Field(default="", max_length=40)
    promo_code: str | None = Field(default=None, min_length=1, max_length=40)


class EnrollmentPublic(BaseModel):
    id: UUID
    course_id: UUID
    final_price_paise: int
