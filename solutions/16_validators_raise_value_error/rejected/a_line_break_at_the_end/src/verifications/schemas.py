from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from src.verifications.validators import LicenseNumber, PhoneNumber


class VerificationForm(BaseModel):
    full_name: Annotated[str, Field(min_length=1, max_length=150)]
    license_number: LicenseNumber
    phone_number: PhoneNumber
    issued_on: date
    expires_on: date
    years_of_experience: Annotated[int, Field(ge=0, le=80)]

    @field_validator("issued_on")
    @classmethod
    def is_issued(cls, issued_on: date) -> date:
        if issued_on > datetime.now(UTC).date():
            raise ValueError("a day that has been")
        return issued_on

    @field_validator("expires_on")
    @classmethod
    def expires_after_issue(cls, expires_on: date, info: ValidationInfo) -> date:
        issued_on = info.data.get("issued_on")
        if issued_on and expires_on <= issued_on:
            raise ValueError("later than the day of issue")
        return expires_on


class VerificationPublic(BaseModel):
    full_name: str
    license_number: str
    phone_number: str
    issued_on: date
    expires_on: date
    years_of_experience: int


class VerificationList(BaseModel):
    rows: Annotated[list[dict[str, Any]], Field(max_length=500)]


class RefusedRow(BaseModel):
    row: int
    fields: list[str]


class Report(BaseModel):
    fitting: int
    refused: list[RefusedRow]


class LicensePublic(BaseModel):
    license_number: str
    is_withdrawn: bool
