from fastapi import APIRouter, Depends, HTTPException, status

from src.courses import service as courses_service
from src.courses.dependencies import CurrentCourse
from src.courses.models import GroupPrice, Lesson

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])


@router.get("/lessons")
async def list_lessons(
    *,
    course: CurrentCourse,
    previews_only: str = "false",
    shorter_than: str = "600",
    limit: str = "20",
) -> list[Lesson]:
    return courses_service.choose_lessons(
        course,
        previews_only=previews_only in {"true", "1", "yes"},
        shorter_than=_number(shorter_than, "shorter_than"),
        limit=_number(limit, "limit"),
    )


@router.get("/lessons/{position}")
async def show_lesson(position: str, course: CurrentCourse) -> Lesson:
    lesson = courses_service.find_lesson(course, _number(position, "position"))
    if lesson is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "lesson_not_found")
    return lesson


@router.get("/price")
async def show_group_price(course: CurrentCourse, seats: str = "1") -> GroupPrice:
    return courses_service.group_price(course, _number(seats, "seats"))


def _number(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        problem = {"loc": [name], "msg": "a whole number", "type": "int_parsing"}
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, [problem]) from None
