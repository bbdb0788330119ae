from src.exceptions import DocfliqError


class PaymentNotFoundError(DocfliqError):
    status, code, message = 404, "payment_not_found", "There is no such payment"


class NotRefundableError(DocfliqError):
    status, code, message = 409, "payment_not_refundable", "Only captured payments are refunded"


class RefundInProgressError(DocfliqError):
    status, code, message = 409, "refund_in_progress", "Razorpay is at work on this refund"


class ProviderUnavailableError(DocfliqError):
    status, code, message = 502, "provider_unavailable", "Razorpay does not answer: try again"
