from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class Course(Base):
    __tablename__ = "courses"

    course_id: Mapped[UUID] = mapped_column("id", primary_key=True, default=uuid4)
    instructor_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(String(5000))
    contact_email: Mapped[str] = mapped_column(String(254))
    specialty_tags: Mapped[list[str]] = mapped_column(ARRAY(String(100)))
    translations: Mapped[dict[str, str]] = mapped_column(JSONB)
    syllabus: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    pricing_type: Mapped[str] = mapped_column(String(30))
    price_paise: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("length(title) > 0", "title_filled"),
        CheckConstraint("contact_email ~ '^[^@[:space:],]+@[^@[:space:],]+[.][a-z]+$'", "address"),
        CheckConstraint("cardinality(specialty_tags) <= 10", "tags_bounded"),
        CheckConstraint("jsonb_array_length(syllabus) BETWEEN 1 AND 50", "syllabus_bounded"),
        CheckConstraint("price_paise <= 10000000", "price_bounded"),
        CheckConstraint("(pricing_type = 'FREE') = (price_paise = 0)", "price_fits_pricing_type"),
    )
