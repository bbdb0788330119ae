from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from src.verifications.validators import check_license_number, check_phone_number


class VerificationForm(BaseModel):
    full_name: Annotated[str, Field(min_length=1, max_length=150)]
    license_number: str
    phone_number: str
    issued_on: date
    expires_on: date
    years_of_experience: Annotated[int, Field(ge=0, le=80)]

    @model_validator(mode="after")
    def fits(self) -> Self:
        self.license_number = check_license_number(self.license_number)
        self.phone_number = check_phone_number(self.phone_number)
        if self.issued_on > datetime.now(UTC).date():
            raise ValueError("issued_on: a day that has been")
        if self.expires_on <= self.issued_on:
            raise ValueError("expires_on: later than the day of issue")
        return self


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
