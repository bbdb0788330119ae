from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request

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


@router.post("/refund", status_code=202, response_model=PaymentPublic)
async def refund_payment(
    request: Request,
    session: Session,
    razorpay: Razorpay,
    tasks: BackgroundTasks,
    payment_id: UUID,
) -> Payment:
    payment = await payments_service.find_refundable(session, payment_id)
    tasks.add_task(payments_service.refund, request.state.sessions, razorpay, payment_id)
    return payment


@router.get("/settlement")
async def read_settlement(session: Session, razorpay: Razorpay, payment_id: UUID) -> Settlement:
    return await payments_service.settlement(session, razorpay, payment_id)
