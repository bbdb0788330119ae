from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.courses import exceptions as courses_exceptions
from src.courses.models import Course, Enrollment, PromoCode


def _rounded(half: int) -> Callable[[Course, PromoCode | None, datetime], int]:
    def price_of(course: Course, promo: PromoCode | None, now: datetime) -> int:
        if promo is None:
            return course.price_paise
        if not promo.is_active or now >= promo.valid_until:
            raise courses_exceptions.PromoExpiredError
        return (course.price_paise * (100 - promo.discount_pct) + half) // 100

    return price_of


price_of = _rounded(50)


async def find_course(session: AsyncSession, slug: str) -> Course:
    course: Course | None = await session.scalar(select(Course).where(Course.slug == slug))
    if course is None:
        raise courses_exceptions.CourseNotFoundError
    return course


async def find_promo(session: AsyncSession, course_id: UUID, code: str) -> PromoCode:
    promo: PromoCode | None = await session.scalar(
        select(PromoCode).where(PromoCode.course_id == course_id, PromoCode.code == code.upper())
    )
    if promo is None:
        raise courses_exceptions.PromoNotFoundError
    return promo


async def is_enrolled(session: AsyncSession, user_id: UUID, course_id: UUID) -> bool:
    found = await session.scalar(
        select(Enrollment.id).where(
            Enrollment.user_id == user_id, Enrollment.course_id == course_id
        )
    )
    return found is not None


async def enroll(
    session: AsyncSession, user_id: UUID, course_id: UUID, price_paise: int
) -> Enrollment:
    enrollment: Enrollment | None = await session.scalar(
        insert(Enrollment)
        .values(user_id=user_id, course_id=course_id, final_price_paise=price_paise)
        .on_conflict_do_nothing(index_elements=["user_id", "course_id"])
        .returning(Enrollment)
    )
    if enrollment is None:
        raise courses_exceptions.AlreadyEnrolledError
    return enrollment
