from secrets import compare_digest
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.courses.exceptions import (
    AccessCodeWrongError,
    AccessLockedError,
    CourseNotFoundError,
    PromoCodeRefusedError,
)
from src.courses.models import AccessAttempts, Course, Lesson, PromoCode

MAX_FAILED = 5


async def find(session: AsyncSession, course_id: UUID) -> Course:
    course = await session.get(Course, course_id)
    if course is None:
        raise CourseNotFoundError
    return course


async def lesson_ids(session: AsyncSession, course: Course) -> list[UUID]:
    return list(await session.scalars(select(Lesson.id).where(Lesson.course_id == course.id)))


async def check_access_code(
    session: AsyncSession, course: Course, user_id: UUID, code: str
) -> None:
    if course.access_code is None:
        return
    attempts = await session.get(AccessAttempts, (course.id, user_id))
    if attempts and attempts.failed >= MAX_FAILED:
        raise AccessLockedError
    if not compare_digest(code.encode(), course.access_code.encode()):
        await count_failed(session, course, user_id)
        raise AccessCodeWrongError


async def count_failed(session: AsyncSession, course: Course, user_id: UUID) -> None:
    await session.execute(
        insert(AccessAttempts)
        .values(course_id=course.id, user_id=user_id, failed=1)
        .on_conflict_do_update(
            index_elements=[AccessAttempts.course_id, AccessAttempts.user_id],
            set_={AccessAttempts.failed: AccessAttempts.failed + 1},
        )
    )


async def redeem(session: AsyncSession, course: Course, code: str) -> int:
    discount_pct: int | None = await session.scalar(
        update(PromoCode)
        .where(PromoCode.course_id == course.id, PromoCode.code == code.upper())
        .where(PromoCode.current_uses < PromoCode.max_uses)
        .values(current_uses=PromoCode.current_uses + 1)
        .returning(PromoCode.discount_pct)
    )
    if discount_pct is None:
        raise PromoCodeRefusedError
    return (course.price_paise * (100 - discount_pct) + 50) // 100
