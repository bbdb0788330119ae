from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from src.exceptions import DocfliqError, answer


class PostNotFoundError(DocfliqError):
    status, code, message = 404, "post_not_found", "There is no such post"


class NotADraftError(DocfliqError):
    status, code, message = 409, "not_a_draft", "The post is published already"


class AlreadyBookmarkedError(DocfliqError):
    status, code, message = 409, "already_bookmarked", "The post is among your bookmarks already"


class NotBookmarkedError(DocfliqError):
    status, code, message = 409, "not_bookmarked", "The post is not among your bookmarks"


async def answer_conflict(request: Request, _: IntegrityError) -> JSONResponse:
    return await answer(request, AlreadyBookmarkedError())
