from uuid import UUID

from pydantic import BaseModel, Field


class OrderCreate(BaseModel):
    slug: str
    promo_code: str | None = Field(None, min_length=3, max_length=20)


class OrderPublic(BaseModel):
    payment_id: UUID
    course_id: UUID
    amount_paise: int
