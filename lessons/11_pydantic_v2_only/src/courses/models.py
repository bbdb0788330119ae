from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from src.database import Base


class User(Base):
    __tablename__ = "users"

    user_id: Mapped[UUID] = mapped_column("id", primary_key=True)
    name: Mapped[str] = mapped_column("full_name", String(150))
    city: Mapped[str] = mapped_column(String(100))


class Course(Base):
    __tablename__ = "courses"

    course_id: Mapped[UUID] = mapped_column("id", primary_key=True, default=uuid4)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    instructor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    specialty_tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pricing_type: Mapped[str] = mapped_column(String(30))
    price_paise: Mapped[int] = mapped_column(Integer)
    accreditation: Mapped[str | None] = mapped_column(String(40))

    instructor: Mapped[User] = relationship(lazy="raise")
