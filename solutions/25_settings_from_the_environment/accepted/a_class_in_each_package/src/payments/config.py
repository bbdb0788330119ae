from pydantic import SecretStr

from src.config import FromEnvironment


class Settings(FromEnvironment):
    razorpay_key_id: str
    razorpay_webhook_secret: SecretStr
    checkout_minutes: int = 15


settings = Settings()
