from pydantic import BaseModel, ConfigDict, Field


class VerificationRequest(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    medical_license_number: str = Field(pattern=r"^[A-Z]{2,4}-\d{4,8}$")


class VerificationPublic(BaseModel):
    full_name: str
    council: str
    registered_in: int
