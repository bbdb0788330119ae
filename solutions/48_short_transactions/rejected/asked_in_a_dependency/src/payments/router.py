from uuid import UUID

from fastapi import APIRouter

from src.database import Session
from src.payments import service as payments_service
from src.payments.models import Payment
from src.payments.razorpay import RefundId, SettlementOfPayment
from src.payments.schemas import PaymentPublic, Settlement

# The gateway lets nobody but the accounts team in here.
router = APIRouter(prefix="/admin/payments/{payment_id}", tags=["payments"])


@router.get("", response_model=PaymentPublic)
async def read_payment(session: Session, payment_id: UUID) -> Payment:
    return await payments_service.find(session, payment_id)


@router.post("/refund", response_model=PaymentPublic)
async def refund_payment(session: Session, refund_id: RefundId, payment_id: UUID) -> Payment:
    return await payments_service.store_refund(session, payment_id, refund_id)


@router.get("/settlement")
async def read_settlement(settlement: SettlementOfPayment) -> Settlement:
    return settlement
