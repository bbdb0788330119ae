from typing import Any

from src.courses.catalogue import COURSES
from src.courses.models import GroupPrice


def find_course(slug: Any) -> Any:
    return next((course for course in COURSES if course.slug == slug), None)


def find_lesson(course: Any, position: Any) -> Any:
    return next((lesson for lesson in course.lessons if lesson.position == position), None)


def choose_lessons(course: Any, *, previews_only: Any, shorter_than: Any, limit: Any) -> Any:
    chosen = [
        lesson
        for lesson in course.lessons
        if lesson.minutes < shorter_than and (lesson.is_preview or not previews_only)
    ]
    return chosen[:limit]


def group_price(course: Any, seats: Any) -> Any:
    return GroupPrice(slug=course.slug, seats=seats, price_paise=course.price_paise * seats)
