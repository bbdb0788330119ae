from typing import Annotated
from uuid import UUID

from pydantic import MISSING, BaseModel, Field

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


class NotificationsUpdate(BaseModel):
    by_email: bool | MISSING = MISSING
    by_push: bool | MISSING = MISSING
    quiet_from: Hour | MISSING | None = MISSING
    quiet_until: Hour | MISSING | None = MISSING


class ProfileUpdate(BaseModel):
    full_name: FullName | MISSING = MISSING
    bio: Bio | MISSING = MISSING
    specialty: ShortText | MISSING | None = MISSING
    city: ShortText | MISSING | None = MISSING
    phone_number: PhoneNumber | MISSING | None = MISSING
    years_of_experience: Years | MISSING | None = MISSING
    languages: Languages | MISSING = MISSING
    notifications: NotificationsUpdate | MISSING = MISSING


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
