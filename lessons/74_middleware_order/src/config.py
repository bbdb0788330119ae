from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    allowed_origins: list[str] = ["https://app.docfliq.example"]
    is_maintenance: bool = False
