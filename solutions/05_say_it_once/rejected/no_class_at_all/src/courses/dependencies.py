from typing import Annotated

from fastapi import Depends, HTTPException, status

from src.courses import catalogue
from src.courses.schemas import Course


async def get_course(slug: str) -> Course:
    course = catalogue.find(slug)
    if course is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "course_not_found")
    return course


CurrentCourse = Annotated[Course, Depends(get_course)]
