from pydantic import BaseModel, Field


class AnnouncementCreate(BaseModel):
    text: str = Field(min_length=1, max_length=300)


class Announcement(BaseModel):
    slug: str
    text: str
