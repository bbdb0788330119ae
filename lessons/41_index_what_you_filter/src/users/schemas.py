from uuid import UUID

from pydantic import BaseModel


class UserFound(BaseModel):
    id: UUID
    full_name: str
