from typing import Annotated

from fastapi import Depends, HTTPException, Request, status

from src.courses.schemas import Course


async def get_course(request: Request, slug: str) -> Course:
    course: Course | None = request.state.catalogue.find(slug)
    if course is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "course_not_found")
    return course


CurrentCourse = Annotated[Course, Depends(get_course)]
