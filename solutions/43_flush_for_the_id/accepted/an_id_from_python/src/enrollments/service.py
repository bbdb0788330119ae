from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.courses import service as courses_service
from src.enrollments.exceptions import AlreadyEnrolledError
from src.enrollments.models import Enrollment, LessonProgress
from src.enrollments.schemas import EnrollmentCreate


async def enroll(
    session: AsyncSession, user_id: UUID, course_id: UUID, data: EnrollmentCreate
) -> Enrollment:
    course = await courses_service.find(session, course_id)
    await courses_service.check_access_code(session, course, user_id, data.access_code)
    lesson_ids = await courses_service.lesson_ids(session, course)
    price = course.price_paise
    if data.promo_code:
        price = await courses_service.redeem(session, course, data.promo_code)
    enrollment = Enrollment(
        id=uuid4(), user_id=user_id, course_id=course.id, final_price_paise=price
    )
    session.add(enrollment)
    session.add_all(
        LessonProgress(enrollment_id=enrollment.id, lesson_id=lesson_id) for lesson_id in lesson_ids
    )
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyEnrolledError from error
    return enrollment
