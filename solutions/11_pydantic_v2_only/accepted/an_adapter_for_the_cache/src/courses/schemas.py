from pydantic import ConfigDict, Field, field_validator

from src.courses.constants import EXAMPLE, PricingType
from src.schemas import Schema


class CourseForm(Schema):
    slug: str = Field(pattern="^[a-z0-9-]+$", max_length=120)
    title: str = Field(min_length=1, max_length=300)
    specialty_tags: list[str] = Field(default=[], alias="specialtyTags", max_length=10)
    pricing_type: PricingType = Field(default=PricingType.FREE, alias="pricingType")
    price_paise: int = Field(default=0, alias="pricePaise", ge=0, le=10_000_000)
    accreditation: str | None = Field(default=None, max_length=40)

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    @field_validator("specialty_tags")
    @classmethod
    def tags_in_lower_case(cls, tags: list[str]) -> list[str]:
        return [tag.lower() for tag in tags]


class InstructorPublic(Schema):
    model_config = ConfigDict(from_attributes=True)

    name: str
    city: str


class CourseCard(Schema):
    slug: str
    title: str
    specialty_tags: list[str] = Field(default=[], alias="specialtyTags")
    pricing_type: PricingType = Field(default=PricingType.FREE, alias="pricingType")
    price_paise: int = Field(default=0, alias="pricePaise")
    accreditation: str | None = None
    instructor: InstructorPublic
