from src.courses.catalogue import COURSES
from src.courses.models import GroupPrice


def find_course(slug):
    return next((course for course in COURSES if course.slug == slug), None)


def find_lesson(course, position):
    return next((lesson for lesson in course.lessons if lesson.position == position), None)


def choose_lessons(course, *, previews_only, shorter_than, limit):
    chosen = [
        lesson
        for lesson in course.lessons
        if lesson.minutes < shorter_than and (lesson.is_preview or not previews_only)
    ]
    return chosen[:limit]


def group_price(course, seats):
    return GroupPrice(slug=course.slug, seats=seats, price_paise=course.price_paise * seats)
