from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.courses import service as courses_service
from src.courses.models import Course
from src.enrollments.exceptions import AlreadyEnrolledError
from src.enrollments.models import Enrollment, LessonProgress
from src.enrollments.schemas import EnrollmentCreate


async def enroll(
    session: AsyncSession, user_id: UUID, course_id: UUID, data: EnrollmentCreate
) -> Enrollment:
    course = await courses_service.find(session, course_id)
    await courses_service.check_access_code(session, course, user_id, data.access_code)
    enrollment = await create(session, course, user_id)
    enrollment_id = enrollment.id
    try:
        await open_lessons(session, course, enrollment)
        if data.promo_code:
            price = await courses_service.redeem(session, course, data.promo_code)
            enrollment.final_price_paise = price
            await session.commit()
    except Exception:
        await session.rollback()
        await take_back(session, enrollment_id)
        raise
    return enrollment


async def take_back(session: AsyncSession, enrollment_id: UUID) -> None:
    await session.execute(
        delete(LessonProgress).where(LessonProgress.enrollment_id == enrollment_id)
    )
    await session.execute(delete(Enrollment).where(Enrollment.id == enrollment_id))
    await session.commit()


async def create(session: AsyncSession, course: Course, user_id: UUID) -> Enrollment:
    enrollment = Enrollment(
        user_id=user_id, course_id=course.id, final_price_paise=course.price_paise
    )
    session.add(enrollment)
    try:
        await session.commit()
    except IntegrityError as error:
        raise AlreadyEnrolledError from error
    return enrollment


async def open_lessons(session: AsyncSession, course: Course, enrollment: Enrollment) -> None:
    lesson_ids = await courses_service.lesson_ids(session, course)
    session.add_all(
        LessonProgress(enrollment_id=enrollment.id, lesson_id=lesson_id) for lesson_id in lesson_ids
    )
    await session.commit()
