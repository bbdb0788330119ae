from collections.abc import Iterable

from src.courses.schemas import Course

COURSES = (
    Course(
        slug="ecg-for-the-ward",
        title="ECG for the ward",
        price_paise=149_900,
        promo_codes={"HEART20": 20, "MONSOON": 30},
    ),
    Course(
        slug="fever-in-children",
        title="Fever in children",
        price_paise=33_333,
        promo_codes={"LUCKNOW15": 15},
    ),
)


_courses: dict[str, Course] = {}


def fill(courses: Iterable[Course]) -> None:
    _courses.clear()
    _courses.update({course.slug: course for course in courses})


def find(slug: str) -> Course | None:
    return _courses.get(slug)
