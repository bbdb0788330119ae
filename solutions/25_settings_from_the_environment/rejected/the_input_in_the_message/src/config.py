from functools import cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")


class PaymentSettings(FromEnvironment):
    razorpay_key_id: str
    razorpay_webhook_secret: SecretStr
    checkout_minutes: int = 15


class CertificateSettings(FromEnvironment):
    public_url: str
    certificates_secret: SecretStr


@cache
def payment_settings() -> PaymentSettings:
    return PaymentSettings()


@cache
def certificate_settings() -> CertificateSettings:
    return CertificateSettings()
