from enum import StrEnum


class PricingType(StrEnum):
    FREE = "FREE"
    PAID = "PAID"
    FREE_PLUS_CERTIFICATE = "FREE_PLUS_CERTIFICATE"
