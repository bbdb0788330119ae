from functools import cache

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Payments(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="RAZORPAY_", env_file=".env", extra="ignore")

    key_id: str = Field(min_length=1)
    webhook_secret: SecretStr = Field(min_length=1)
    checkout_minutes: int = Field(default=15, validation_alias="CHECKOUT_MINUTES")


class Certificates(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    public_url: str
    secret: SecretStr = Field(min_length=1, validation_alias="CERTIFICATES_SECRET")


class Settings(BaseModel):
    payments: Payments
    certificates: Certificates


@cache
def get_settings() -> Settings:
    try:
        return Settings(payments=Payments(), certificates=Certificates())
    except ValidationError as error:
        wrong = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise SystemExit(f"{error.title}: missing or wrong: {wrong}") from None
