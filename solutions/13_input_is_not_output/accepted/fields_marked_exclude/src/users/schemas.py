from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from src.users.constants import Role, VerificationStatus

Text = Annotated[str, Field(max_length=100)]


class UserSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID = Field(default_factory=uuid4)
    email: EmailStr = Field(default="", exclude=True)
    phone_number: str | None = Field(default=None, exclude=True)
    password_hash: str | None = Field(default=None, exclude=True)
    medical_license_number: str | None = Field(default=None, exclude=True)
    full_name: str = Field(default="", min_length=1, max_length=150)
    specialty: Text | None = None
    city: Text | None = None
    bio: str | None = Field(default=None, max_length=2000)
    roles: list[Role] = Field(default=[Role.USER], exclude=True)
    verification_status: VerificationStatus = VerificationStatus.UNVERIFIED


class UserCreate(BaseModel):
    email: EmailStr
    phone_number: str | None = Field(default=None, max_length=16)
    password: str = Field(min_length=12, max_length=128)
    medical_license_number: str | None = Field(default=None, max_length=50)
    full_name: str = Field(min_length=1, max_length=150)
    specialty: Text | None = None
    city: Text | None = None
    bio: str | None = Field(default=None, max_length=2000)


class UserUpdate(BaseModel):
    full_name: str = Field(default="", min_length=1, max_length=150)
    specialty: Text | None = None
    city: Text | None = None
    bio: str | None = Field(default=None, max_length=2000)


class UserPage(BaseModel):
    items: list[UserSchema]
