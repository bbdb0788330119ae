from fastapi import APIRouter, HTTPException, status

from src.courses import service as courses_service
from src.courses.dependencies import CurrentCourse
from src.courses.models import GroupPrice, Lesson

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])


@router.get("/lessons")
async def list_lessons(
    *,
    course: CurrentCourse,
    previews_only: bool = False,
    shorter_than: int = 600,
    limit: int = 20,
) -> list[Lesson]:
    return courses_service.choose_lessons(
        course, previews_only=previews_only, shorter_than=shorter_than, limit=limit
    )


@router.get("/lessons/{position}")
async def show_lesson(position: int, course: CurrentCourse) -> Lesson:
    lesson = courses_service.find_lesson(course, position)
    if lesson is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "lesson_not_found")
    return lesson


@router.get("/price")
async def show_group_price(course: CurrentCourse, seats: int = 1) -> GroupPrice:
    return courses_service.group_price(course, seats)
