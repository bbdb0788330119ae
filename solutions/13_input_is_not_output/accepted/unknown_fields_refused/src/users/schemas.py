from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from src.users.constants import VerificationStatus

Text = Annotated[str, Field(max_length=100)]


class UserCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    phone_number: str | None = Field(default=None, max_length=16)
    password: str = Field(min_length=12, max_length=128)
    medical_license_number: str | None = Field(default=None, max_length=50)
    full_name: str = Field(min_length=1, max_length=150)
    specialty: Text | None = None
    city: Text | None = None
    bio: str | None = Field(default=None, max_length=2000)


class UserUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    full_name: str = Field(default="", min_length=1, max_length=150)
    specialty: Text | None = None
    city: Text | None = None
    bio: str | None = Field(default=None, max_length=2000)


class UserPublic(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    full_name: str
    specialty: str | None
    city: str | None
    bio: str | None
    verification_status: VerificationStatus


class UserPage(BaseModel):
    items: list[UserPublic]
