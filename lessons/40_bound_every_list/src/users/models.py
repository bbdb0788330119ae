from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class User(Base):
    __tablename__ = "users"

    user_id: Mapped[UUID] = mapped_column("id", primary_key=True)
    full_name: Mapped[str] = mapped_column(String(150))
    specialty: Mapped[str | None] = mapped_column(String(100))


class Follow(Base):
    __tablename__ = "follows"

    followee_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    follower_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
