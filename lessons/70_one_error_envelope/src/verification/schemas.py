from pydantic import BaseModel, Field


class VerificationRequest(BaseModel):
    medical_license_number: str = Field(pattern=r"^[A-Z]{2,4}-\d{4,8}$")


class VerificationPublic(BaseModel):
    full_name: str
    council: str
    registered_in: int
