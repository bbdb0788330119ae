from functools import cache

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")


class Settings(FromEnvironment):
    razorpay_key_id: str
    razorpay_webhook_secret: SecretStr
    public_url: str
    certificates_secret: SecretStr
    checkout_minutes: int = 15


@cache
def get_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]).upper() for problem in error.errors())
        raise RuntimeError(f"missing or wrong in the environment: {names}") from error
