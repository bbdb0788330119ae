from pydantic import BaseModel


class Order(BaseModel):
    slug: str
    seats: int
    amount_paise: int
    instructor_paise: int
    currency: str = "INR"
