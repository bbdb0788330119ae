from fastapi import FastAPI
from pydantic import ValidationError

from src.certificates.router import router as certificates_router
from src.config import certificate_settings, payment_settings
from src.payments.router import router as payments_router


def create_app() -> FastAPI:
    try:
        payment_settings()
        certificate_settings()
    except ValidationError:
        raise RuntimeError(
            "set RAZORPAY_KEY_ID, RAZORPAY_WEBHOOK_SECRET, CHECKOUT_MINUTES, PUBLIC_URL"
            " and CERTIFICATES_SECRET"
        ) from None
    app = FastAPI(title="Docfliq")
    app.include_router(payments_router, prefix="/api/v1")
    app.include_router(certificates_router, prefix="/api/v1")
    return app
