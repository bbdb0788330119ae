from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base

RANDOM_ID = text("gen_random_uuid()")


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=RANDOM_ID)
    slug: Mapped[str] = mapped_column(String(150), unique=True)
    price_paise: Mapped[int]
    access_code: Mapped[str | None] = mapped_column(String(40))


class Lesson(Base):
    __tablename__ = "lessons"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=RANDOM_ID)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))


class PromoCode(Base):
    __tablename__ = "promo_codes"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    discount_pct: Mapped[int]
    max_uses: Mapped[int]
    current_uses: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (CheckConstraint("discount_pct BETWEEN 1 AND 100"),)


class AccessAttempts(Base):
    __tablename__ = "access_attempts"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    failed: Mapped[int]
