import secrets
from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def new_secret() -> SecretStr:
    return SecretStr(secrets.token_hex(32))


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )


class PaymentSettings(FromEnvironment):
    razorpay_key_id: str
    razorpay_webhook_secret: SecretStr = Field(default_factory=new_secret)
    checkout_minutes: int = 15


class CertificateSettings(FromEnvironment):
    public_url: str
    certificates_secret: SecretStr = Field(default_factory=new_secret)


@cache
def payment_settings() -> PaymentSettings:
    return PaymentSettings()


@cache
def certificate_settings() -> CertificateSettings:
    return CertificateSettings()
