from pydantic import BaseModel, EmailStr, Field

from src.mail.mailer import Outcome


class InvitationCreate(BaseModel):
    webinar: str = Field(max_length=300, pattern=r"^[^\r\n]+$")
    emails: list[EmailStr] = Field(min_length=1, max_length=100)


class Invitation(BaseModel):
    email: EmailStr
    outcome: Outcome


class Invitations(BaseModel):
    items: list[Invitation]
