from typing import Literal

from pydantic import BaseModel


class ClientFrame(BaseModel):
    action: Literal["read", "bye"]
    notification_id: str = ""


class Unread(BaseModel):
    unread: int


class Presence(BaseModel):
    doctors: int
    sockets: int
