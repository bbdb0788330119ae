from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

FullName = Annotated[str, Field(min_length=1, max_length=150)]
Bio = Annotated[str, Field(max_length=2000)]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
PhoneNumber = Annotated[str, Field(pattern=r"^\+[1-9]\d{7,14}$")]
Years = Annotated[int, Field(ge=0, le=80)]
Languages = Annotated[list[Annotated[str, Field(pattern="^[a-z]{2}$")]], Field(max_length=10)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Notifications(BaseModel):
    by_email: bool = True
    by_push: bool = True
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None


class ProfileUpdate(BaseModel):
    model_config = ConfigDict(extra="allow")

    full_name: FullName | None = None
    bio: Bio | None = None
    specialty: ShortText | None = None
    city: ShortText | None = None
    phone_number: PhoneNumber | None = None
    years_of_experience: Years | None = None
    languages: Languages | None = None
    notifications: Notifications | None = None

    @field_validator("full_name", "bio", "languages", "notifications")
    @classmethod
    def not_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("may be left out, but not be null")
        return value


class ProfilePrivate(BaseModel):
    user_id: UUID
    full_name: str
    bio: str
    specialty: str | None
    city: str | None
    phone_number: str | None
    years_of_experience: int | None
    languages: list[str]
    notifications: Notifications
