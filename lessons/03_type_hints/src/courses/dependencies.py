from fastapi import HTTPException, status

from src.courses import service as courses_service


async def get_course(slug):
    course = courses_service.find_course(slug)
    if course is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "course_not_found")
    return course
