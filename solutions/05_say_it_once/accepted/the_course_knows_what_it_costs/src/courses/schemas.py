from pydantic import BaseModel, ConfigDict, Field


class Purchase(BaseModel):
    """What somebody wants to buy of a course."""

    seats: int = Field(ge=1, le=200)
    promo_code: str | None = None

    @property
    def group_pct(self) -> int:
        return 25 if self.seats >= 20 else 10 if self.seats >= 5 else 0


class Course(BaseModel):
    model_config = ConfigDict(frozen=True)

    slug: str
    title: str
    price_paise: int
    promo_codes: dict[str, int]  # in upper case: the percentage

    def total_paise(self, purchase: Purchase) -> int:
        promo_pct = self.promo_codes.get((purchase.promo_code or "").upper(), 0)
        discount_pct = max(purchase.group_pct, promo_pct)
        return (self.price_paise * purchase.seats * (100 - discount_pct) + 50) // 100


class PriceTag(BaseModel):
    slug: str
    seats: int
    total_paise: int
