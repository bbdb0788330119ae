from enum import StrEnum

from pydantic import BaseModel


class Platform(StrEnum):
    APP = "APP"
    WHATSAPP = "WHATSAPP"
    TWITTER = "TWITTER"
    COPY_LINK = "COPY_LINK"


class ShareCreate(BaseModel):
    platform: Platform


class ShareCounts(BaseModel):
    total: int
    by_platform: dict[Platform, int]
