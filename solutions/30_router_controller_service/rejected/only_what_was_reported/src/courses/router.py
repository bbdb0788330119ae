from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from src.courses import controller as courses_controller
from src.courses import service as courses_service
from src.courses.exceptions import PromoExpiredError
from src.courses.schemas import CoursePage, EnrollmentCreate, EnrollmentPublic, Quote
from src.dependencies import Now, Session
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/courses/{slug}", tags=["courses"])

CodeText = Annotated[str, StringConstraints(to_upper=True, min_length=3, max_length=20)]


@router.get("")
async def read_course(session: Session, me: CurrentUser, slug: str) -> CoursePage:
    return await courses_controller.read_course(session, me.id, slug)


@router.get("/quote")
async def quote_course(
    session: Session,
    _: CurrentUser,
    now: Now,
    slug: str,
    promo_code: Annotated[CodeText | None, Query()] = None,
) -> Quote:
    course = await courses_service.find_course(session, slug)
    price = course.price_paise
    if promo_code:
        promo = await courses_service.find_promo(session, course.id, promo_code)
        if not promo.is_active or now >= promo.valid_until:
            raise PromoExpiredError
        price = (price * (100 - promo.discount_pct) + 50) // 100
    return Quote(course_id=course.id, slug=course.slug, price_paise=price)


@router.post("/enroll", status_code=201)
async def enroll(
    session: Session, me: CurrentUser, now: Now, slug: str, data: EnrollmentCreate
) -> EnrollmentPublic:
    code = data.promo_code.upper() if data.promo_code else None
    quote = await quote_course(session, me, now, slug, code)
    return await courses_controller.enroll(session, me.id, quote)
