from fastapi import APIRouter, HTTPException, status

from src.courses import service as courses_service
from src.courses.schemas import CourseCard, CourseForm
from src.database import Session
from src.dependencies import CurrentUserId, RedisClient

router = APIRouter(prefix="/courses", tags=["courses"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_course(session: Session, user_id: CurrentUserId, form: CourseForm) -> CourseCard:
    return await courses_service.create_course(session, user_id, form)


@router.get("/{slug}")
async def show_course(session: Session, redis: RedisClient, slug: str) -> CourseCard:
    card = await courses_service.get_card(session, redis, slug)
    if card is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "course_not_found")
    return card
