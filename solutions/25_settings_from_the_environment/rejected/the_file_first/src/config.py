from functools import cache
from pathlib import Path

from dotenv import load_dotenv
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

load_dotenv(Path(__file__).parent.parent / ".env", override=True)


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )


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
