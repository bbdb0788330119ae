from pydantic import BaseModel


class Quote(BaseModel):
    course: str
    seats: int
    total_paise: int
    valid_days: int
