from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Integer, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class Course(Base):
    __tablename__ = "courses"

    course_id: Mapped[UUID] = mapped_column("id", primary_key=True, default=uuid4)
    instructor_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    contact_email: Mapped[str] = mapped_column(String(254))
    specialty_tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    translations: Mapped[dict[str, str]] = mapped_column(JSONB)
    syllabus: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    pricing_type: Mapped[str] = mapped_column(String(30))
    price_paise: Mapped[int] = mapped_column(Integer)
