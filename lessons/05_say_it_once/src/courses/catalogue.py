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


class Catalogue:
    def __init__(self, courses: Iterable[Course]) -> None:
        self._courses = {course.slug: course for course in courses}

    def find(self, slug: str) -> Course | None:
        return self._courses.get(slug)
