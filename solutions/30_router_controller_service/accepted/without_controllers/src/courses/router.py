from typing import Annotated

from fastapi import APIRouter, Query

from src.courses import controller as courses_controller
from src.courses import service as courses_service
from src.courses.schemas import CoursePage, EnrollmentCreate, EnrollmentPublic, Quote
from src.dependencies import Now, Session
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])


@router.get("")
async def read_course(session: Session, me: CurrentUser, slug: str) -> CoursePage:
    return await courses_controller.read_course(session, me.id, slug)


@router.get("/quote")
async def quote_course(
    session: Session,
    _: CurrentUser,
    now: Now,
    slug: str,
    promo_code: Annotated[str | None, Query(min_length=3, max_length=20)] = None,
) -> Quote:
    offer = await courses_service.offer(session, slug, promo_code, now)
    return Quote(course_id=offer.course.id, slug=slug, price_paise=offer.price_paise)


@router.post("/enroll", status_code=201)
async def enroll(
    session: Session, me: CurrentUser, now: Now, slug: str, data: EnrollmentCreate
) -> EnrollmentPublic:
    offer = await courses_service.offer(session, slug, data.promo_code, now)
    enrollment = await courses_service.enroll(session, me.id, offer.course.id, offer.price_paise)
    return EnrollmentPublic(
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        final_price_paise=enrollment.final_price_paise,
    )
