from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.certificates.models import Certificate
from src.courses.models import Course
from src.users.models import User


async def find_by_code(session: AsyncSession, code: str) -> RowMapping | None:
    found = await session.execute(
        select(
            User.full_name.label("recipient_name"),
            Course.title.label("course_title"),
            Certificate.issued_at,
            Certificate.revoked_at.is_(None).label("is_valid"),
        )
        .join(User, User.id == Certificate.user_id)
        .join(Course, Course.id == Certificate.course_id)
        .where(Certificate.verification_code == code)
    )
    return found.mappings().one_or_none()
