from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.courses.models import Course
from src.courses.schemas import CourseCreate, CourseUpdate


async def create(session: AsyncSession, instructor_id: UUID, data: CourseCreate) -> Course:
    course = Course(**data.model_dump(), instructor_id=instructor_id)
    session.add(course)
    await session.flush()
    return course


async def update(
    session: AsyncSession, instructor_id: UUID, course_id: UUID, changes: CourseUpdate
) -> Course | None:
    course = await session.scalar(
        select(Course).where(Course.course_id == course_id, Course.instructor_id == instructor_id)
    )
    if course is None:
        return None
    for field, value in changes.model_dump(exclude_none=True).items():
        setattr(course, field, value)
    await session.flush()
    return course


async def search(session: AsyncSession, words: str, limit: int) -> list[Course]:
    courses = await session.scalars(
        select(Course)
        .where(Course.title.icontains(words, autoescape=True))
        .order_by(Course.title, Course.course_id)
        .limit(limit)
    )
    return list(courses)
