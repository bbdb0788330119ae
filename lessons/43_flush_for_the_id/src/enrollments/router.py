from uuid import UUID

from fastapi import APIRouter

from src.database import Session
from src.enrollments import service as enrollments_service
from src.enrollments.models import Enrollment
from src.enrollments.schemas import EnrollmentCreate, EnrollmentPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/courses/{course_id}", tags=["enrollments"])


@router.post("/enroll", status_code=201, response_model=EnrollmentPublic)
async def enroll(
    session: Session, me: CurrentUser, course_id: UUID, data: EnrollmentCreate
) -> Enrollment:
    return await enrollments_service.enroll(session, me.id, course_id, data)
