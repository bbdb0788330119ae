from typing import Any

from src.courses.catalogue import COURSES
from src.courses.models import Course, GroupPrice, Lesson


def find_course(slug: str) -> Course | None:
    return next((course for course in COURSES if course.slug == slug), None)


def find_lesson(course: Any | None, position: int) -> Lesson | None:
    return next((lesson for lesson in course.lessons if lesson.position == position), None)


def choose_lessons(
    course: Any | None, *, previews_only: bool, shorter_than: int, limit: int
) -> list[Lesson]:
    chosen = [
        lesson
        for lesson in course.lessons
        if lesson.minutes < shorter_than and (lesson.is_preview or not previews_only)
    ]
    return chosen[:limit]


def group_price(course: Any | None, seats: int) -> GroupPrice:
    return GroupPrice(slug=course.slug, seats=seats, price_paise=course.price_paise * seats)
