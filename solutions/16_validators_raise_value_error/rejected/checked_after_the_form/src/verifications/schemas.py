from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field


class VerificationForm(BaseModel):
    full_name: Annotated[str, Field(min_length=1, max_length=150)]
    license_number: str
    phone_number: str
    issued_on: date
    expires_on: date
    years_of_experience: Annotated[int, Field(ge=0, le=80)]


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
