from fastapi import APIRouter, status

from src.courses.dependencies import CurrentCourse
from src.courses.schemas import Purchase
from src.quotes import service as quotes_service
from src.quotes.schemas import Quote

router = APIRouter(prefix="/courses/{slug}/quotes", tags=["quotes"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def make_quote(course: CurrentCourse, purchase: Purchase) -> Quote:
    return quotes_service.quote(course, purchase)
