from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.courses import service as courses_service
from src.courses.schemas import CoursePage, EnrollmentPublic, Quote


async def read_course(session: AsyncSession, user_id: UUID, slug: str) -> CoursePage:
    course = await courses_service.find_course(session, slug)
    return CoursePage(
        slug=course.slug,
        title=course.title,
        price_paise=course.price_paise,
        is_enrolled=await courses_service.is_enrolled(session, user_id, course.id),
    )


async def quote(session: AsyncSession, slug: str, code: str | None, now: datetime) -> Quote:
    course = await courses_service.find_course(session, slug)
    promo = await courses_service.find_promo(session, course.id, code) if code else None
    price = courses_service.price_of(course, promo, now)
    return Quote(course_id=course.id, slug=course.slug, price_paise=price)


async def enroll(session: AsyncSession, user_id: UUID, quote: Quote) -> EnrollmentPublic:
    enrollment = await courses_service.enroll(session, user_id, quote.course_id, quote.price_paise)
    return EnrollmentPublic(
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        final_price_paise=enrollment.final_price_paise,
    )
