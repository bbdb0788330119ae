from uuid import UUID

from pydantic import BaseModel


class PaymentPublic(BaseModel):
    id: UUID
    amount_paise: int
    status: str
    refund_id: str | None


class Settlement(BaseModel):
    settlement_id: str
    is_paid_out: bool
