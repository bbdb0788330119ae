from enum import StrEnum

from pydantic.config import JsonDict

CARD_SECONDS = 300


class PricingType(StrEnum):
    FREE = "FREE"
    PAID = "PAID"


EXAMPLE: JsonDict = {
    "slug": "ecg-for-the-ward",
    "title": "ECG for the ward",
    "specialtyTags": ["cardiology"],
    "pricingType": "PAID",
    "pricePaise": 149_900,
}
