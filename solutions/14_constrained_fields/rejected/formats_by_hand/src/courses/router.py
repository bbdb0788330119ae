from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, status

from src.auth.dependencies import CurrentUserId
from src.courses import service as courses_service
from src.courses.models import Course
from src.courses.schemas import CourseCreate, CourseList, CoursePublic, CourseUpdate
from src.database import Session

router = APIRouter(prefix="/courses", tags=["courses"])


@router.post("", response_model=CoursePublic, status_code=status.HTTP_201_CREATED)
async def create_course(session: Session, user_id: CurrentUserId, data: CourseCreate) -> Course:
    return await courses_service.create(session, user_id, data)


@router.patch("/{course_id}", response_model=CoursePublic)
async def update_course(
    session: Session, user_id: CurrentUserId, course_id: UUID, changes: CourseUpdate
) -> Course:
    course = await courses_service.update(session, user_id, course_id, changes)
    if course is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "course_not_found")
    return course


@router.get("", response_model=CourseList)
async def search_courses(
    session: Session,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, list[Course]]:
    return {"items": await courses_service.search(session, q, limit)}
