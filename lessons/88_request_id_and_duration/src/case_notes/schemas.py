from pydantic import BaseModel


class ImportResult(BaseModel):
    notes: int


class Statistics(BaseModel):
    notes: int
