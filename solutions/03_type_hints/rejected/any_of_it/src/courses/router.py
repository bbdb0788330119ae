from typing import Any

from fastapi import APIRouter, Depends, HTTPException, status

from src.courses import service as courses_service
from src.courses.dependencies import get_course

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])


@router.get("/lessons")
async def list_lessons(
    *,
    course: Any = Depends(get_course),
    previews_only: Any = False,
    shorter_than: Any = 600,
    limit: Any = 20,
) -> Any:
    return courses_service.choose_lessons(
        course, previews_only=previews_only, shorter_than=shorter_than, limit=limit
    )


@router.get("/lessons/{position}")
async def show_lesson(position: Any, course: Any = Depends(get_course)) -> Any:
    lesson = courses_service.find_lesson(course, position)
    if lesson is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "lesson_not_found")
    return lesson


@router.get("/price")
async def show_group_price(course: Any = Depends(get_course), seats: Any = 1) -> Any:
    return courses_service.group_price(course, seats)
