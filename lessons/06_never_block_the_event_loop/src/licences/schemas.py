from typing import Literal

from pydantic import BaseModel, Field


class LicenceClaim(BaseModel):
    licence_number: str = Field(min_length=4, max_length=40)
    full_name: str = Field(min_length=1, max_length=150)


class LicenceCheck(BaseModel):
    licence_number: str
    result: Literal["match", "name_differs", "struck_off", "not_registered"]
    council: str | None = None
