from uuid import UUID

from pydantic import BaseModel, Field

from src.courses.router import CodeText


class OrderCreate(BaseModel):
    slug: str = Field(max_length=150)
    promo_code: CodeText | None = None


class OrderPublic(BaseModel):
    payment_id: UUID
    amount_paise: int
