from uuid import UUID

from fastapi import APIRouter, Request

from src.database import Session
from src.payments import service as payments_service
from src.payments.models import Payment
from src.payments.razorpay import Razorpay
from src.payments.schemas import PaymentPublic, Settlement

# The gateway lets nobody but the accounts team in here.
router = APIRouter(prefix="/admin/payments/{payment_id}", tags=["payments"])


@router.get("", response_model=PaymentPublic)
async def read_payment(session: Session, payment_id: UUID) -> Payment:
    return await payments_service.find(session, payment_id)


@router.post("/refund", response_model=PaymentPublic)
async def refund_payment(request: Request, razorpay: Razorpay, payment_id: UUID) -> Payment:
    return await payments_service.refund(request.state.sessions, razorpay, payment_id)


@router.get("/settlement")
async def read_settlement(request: Request, razorpay: Razorpay, payment_id: UUID) -> Settlement:
    return await payments_service.settlement(request.state.sessions, razorpay, payment_id)
