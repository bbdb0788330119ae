import hashlib
import hmac

from src.payments.config import settings
from src.payments.schemas import Checkout


def describe_checkout() -> Checkout:
    return Checkout(
        key_id=settings.razorpay_key_id, currency="INR", minutes=settings.checkout_minutes
    )


def is_signed(body: bytes, signature: str) -> bool:
    secret = settings.razorpay_webhook_secret.get_secret_value().encode()
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
