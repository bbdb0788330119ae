from datetime import date

from pydantic import BaseModel


class Entry(BaseModel):
    number: str
    full_name: str
    valid_until: date


class Entries(BaseModel):
    items: list[Entry]
