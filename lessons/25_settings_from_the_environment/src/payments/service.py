import hashlib
import hmac

from src.config import CHECKOUT_MINUTES, RAZORPAY_KEY_ID, RAZORPAY_WEBHOOK_SECRET
from src.payments.schemas import Checkout


def describe_checkout() -> Checkout:
    return Checkout(key_id=RAZORPAY_KEY_ID, currency="INR", minutes=CHECKOUT_MINUTES)


def is_signed(body: bytes, signature: str) -> bool:
    secret = RAZORPAY_WEBHOOK_SECRET.encode()
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
