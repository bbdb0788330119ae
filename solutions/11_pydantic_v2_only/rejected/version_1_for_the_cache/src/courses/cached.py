from typing import Any

from pydantic.v1 import BaseModel


class CachedCard(BaseModel):
    slug: str
    title: str
    specialty_tags: list[str]
    pricing_type: str
    price_paise: int
    accreditation: str | None = None
    instructor: dict[str, Any]
