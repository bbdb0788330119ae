from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from src.database import Base


class Enrollment(Base):
    __tablename__ = "enrollments"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    final_price_paise: Mapped[int]
    progress: Mapped[list["LessonProgress"]] = relationship()

    __table_args__ = (UniqueConstraint("user_id", "course_id"),)


class LessonProgress(Base):
    __tablename__ = "lesson_progress"

    enrollment_id: Mapped[UUID] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id"), primary_key=True, index=True)
    is_completed: Mapped[bool] = mapped_column(server_default="false")
