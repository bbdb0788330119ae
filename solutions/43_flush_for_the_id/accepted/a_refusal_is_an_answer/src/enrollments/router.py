from uuid import UUID

from fastapi import APIRouter, Request, Response

from src.courses.exceptions import AccessCodeWrongError
from src.database import Session
from src.enrollments import service as enrollments_service
from src.enrollments.models import Enrollment
from src.enrollments.schemas import EnrollmentCreate, EnrollmentPublic
from src.exceptions import answer
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/courses/{course_id}", tags=["enrollments"])


@router.post("/enroll", status_code=201, response_model=EnrollmentPublic)
async def enroll(
    request: Request, session: Session, me: CurrentUser, course_id: UUID, data: EnrollmentCreate
) -> Enrollment | Response:
    try:
        return await enrollments_service.enroll(session, me.id, course_id, data)
    except AccessCodeWrongError as error:
        # Answered, not raised: the failed attempt is committed like any other work.
        return await answer(request, error)
