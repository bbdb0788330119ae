from pydantic import BaseModel


class Refresh(BaseModel):
    refresh_token: str


class Session(BaseModel):
    full_name: str
    ip_address: str | None
    manage_url: str
