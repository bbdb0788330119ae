from pydantic import BaseModel, ConfigDict, Field


class Course(BaseModel):
    model_config = ConfigDict(frozen=True)

    slug: str
    title: str
    price_paise: int
    promo_codes: dict[str, int]  # in upper case: the percentage


class Purchase(BaseModel):
    """What somebody wants to buy of a course."""

    seats: int = Field(ge=1, le=200)
    promo_code: str | None = None


class PriceTag(BaseModel):
    slug: str
    seats: int
    total_paise: int
