from pydantic import BaseModel


class Checkout(BaseModel):
    key_id: str
    currency: str
    minutes: int
