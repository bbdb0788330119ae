from uuid import UUID

from fastapi import APIRouter, Request

from src.enrollments import service as enrollments_service
from src.enrollments.models import Enrollment
from src.enrollments.schemas import EnrollmentCreate, EnrollmentPublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/courses/{course_id}", tags=["enrollments"])


@router.post("/enroll", status_code=201, response_model=EnrollmentPublic)
async def enroll(
    request: Request, me: CurrentUser, course_id: UUID, data: EnrollmentCreate
) -> Enrollment:
    async with request.state.sessions.begin() as session:
        return await enrollments_service.enroll(session, me.id, course_id, data)
