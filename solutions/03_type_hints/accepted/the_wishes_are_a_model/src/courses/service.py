from src.courses.catalogue import COURSES
from src.courses.models import Course, GroupPrice, Lesson
from src.courses.schemas import Wishes


def find_course(slug: str) -> Course | None:
    return next((course for course in COURSES if course.slug == slug), None)


def find_lesson(course: Course, position: int) -> Lesson | None:
    return next((lesson for lesson in course.lessons if lesson.position == position), None)


def choose_lessons(course: Course, wishes: Wishes) -> list[Lesson]:
    chosen = [
        lesson
        for lesson in course.lessons
        if lesson.minutes < wishes.shorter_than and (lesson.is_preview or not wishes.previews_only)
    ]
    return chosen[: wishes.limit]


def group_price(course: Course, seats: int) -> GroupPrice:
    return GroupPrice(slug=course.slug, seats=seats, price_paise=course.price_paise * seats)
