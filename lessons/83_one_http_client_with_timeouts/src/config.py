from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    register_url: str
    register_key: SecretStr
    register_seconds: float = Field(default=5, gt=0)
