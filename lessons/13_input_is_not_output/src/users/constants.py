from enum import StrEnum


class Role(StrEnum):
    USER = "user"
    CREATOR = "creator"
    ADMIN = "admin"


class VerificationStatus(StrEnum):
    UNVERIFIED = "unverified"
    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
