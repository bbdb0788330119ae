from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class User(Base):
    __tablename__ = "users"

    user_id: Mapped[UUID] = mapped_column("id", primary_key=True)
    full_name: Mapped[str] = mapped_column(String(150))
    bio: Mapped[str] = mapped_column(String(2000))
    specialty: Mapped[str | None] = mapped_column(String(100))
    city: Mapped[str | None] = mapped_column(String(100))
    phone_number: Mapped[str | None] = mapped_column(String(16))
    years_of_experience: Mapped[int | None] = mapped_column(SmallInteger)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    notifications: Mapped[dict[str, Any]] = mapped_column(JSONB)
    verification_status: Mapped[str] = mapped_column(String(20))
