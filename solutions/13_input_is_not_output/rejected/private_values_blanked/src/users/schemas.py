from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_serializer

from src.users.constants import Role, VerificationStatus

Text = Annotated[str, Field(max_length=100)]


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


class UserSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    email: str | None = None
    phone_number: str | None = None
    password_hash: str | None = None
    medical_license_number: str | None = None
    full_name: str
    specialty: str | None
    city: str | None
    bio: str | None
    roles: list[Role]
    verification_status: VerificationStatus

    @field_serializer("email", "phone_number", "password_hash", "medical_license_number")
    def _blank(self, _: str | None) -> None:
        return None


class UserPage(BaseModel):
    items: list[UserSchema]
