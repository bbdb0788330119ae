from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Secret = Annotated[SecretStr, Field(min_length=32)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=Path(__file__).parent.parent / ".env",
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    razorpay_key_id: str
    razorpay_webhook_secret: Secret
    checkout_minutes: int = Field(default=15, gt=0)
    public_url: str
    certificates_secret: Secret


settings = Settings()
