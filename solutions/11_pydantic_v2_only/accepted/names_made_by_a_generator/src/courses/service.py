from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from src.courses.constants import CARD_SECONDS
from src.courses.models import Course
from src.courses.schemas import CourseCard, CourseForm


async def create_course(session: AsyncSession, instructor_id: UUID, form: CourseForm) -> CourseCard:
    course = Course(instructor_id=instructor_id, **form.model_dump())
    session.add(course)
    await session.flush()
    await session.refresh(course, ["instructor"])
    return CourseCard.model_validate(course)


async def get_card(session: AsyncSession, redis: Redis, slug: str) -> CourseCard | None:
    cached = await redis.get(_key(slug))
    if cached is not None:
        return CourseCard.model_validate_json(cached)
    course = await session.scalar(
        select(Course).options(joinedload(Course.instructor)).where(Course.slug == slug)
    )
    if course is None:
        return None
    card = CourseCard.model_validate(course)
    await redis.set(_key(slug), card.model_dump_json(), ex=CARD_SECONDS)
    return card


def _key(slug: str) -> str:
    return f"cache:course:{slug}"
