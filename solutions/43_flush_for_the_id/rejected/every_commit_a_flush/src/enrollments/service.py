from uuid import UUID

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
    await open_lessons(session, course, enrollment)
    if data.promo_code:
        price = await courses_service.redeem(session, course, data.promo_code)
        enrollment.final_price_paise = price
    return enrollment


async def create(session: AsyncSession, course: Course, user_id: UUID) -> Enrollment:
    enrollment = Enrollment(
        user_id=user_id, course_id=course.id, final_price_paise=course.price_paise
    )
    session.add(enrollment)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyEnrolledError from error
    return enrollment


async def open_lessons(session: AsyncSession, course: Course, enrollment: Enrollment) -> None:
    lesson_ids = await courses_service.lesson_ids(session, course)
    session.add_all(
        LessonProgress(enrollment_id=enrollment.id, lesson_id=lesson_id) for lesson_id in lesson_ids
    )
    await session.flush()
