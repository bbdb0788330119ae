from pydantic import BaseModel, ConfigDict, Field

from src.courses.constants import CourseStatus, EnrollmentStatus, PaymentStatus, PricingType


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class PromoCode(Record):
    code: str
    discount_pct: int = Field(ge=1, le=100)
    is_active: bool
    max_uses: int
    current_uses: int


class Course(Record):
    id: str
    status: CourseStatus
    pricing_type: PricingType
    price_paise: int
    access_code: str | None
    requires_approval: bool
    promo_codes: tuple[PromoCode, ...]


class Learner(Record):
    id: str
    is_banned: bool
    enrolled_in: frozenset[str]


class Payment(Record):
    amount_paise: int
    status: PaymentStatus


class Application(Record):
    """What a learner hands in to be enrolled."""

    access_code: str | None
    promo_code: str | None
    payment: Payment | None


class Enrollment(Record):
    learner_id: str
    course_id: str
    status: EnrollmentStatus
    final_price_paise: int
