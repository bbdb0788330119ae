from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class PaymentStatus(StrEnum):
    CREATED = "created"
    CAPTURED = "captured"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


class Payment(Base):
    __tablename__ = "payments"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    provider_payment_id: Mapped[str] = mapped_column(String(40), unique=True)
    amount_paise: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), server_default=PaymentStatus.CREATED)
    refund_id: Mapped[str | None] = mapped_column(String(40))
