from src.courses.exceptions import PromoExpiredError


class OrderRefusedError(PromoExpiredError):
    message = "The order was not placed: its code has expired"
