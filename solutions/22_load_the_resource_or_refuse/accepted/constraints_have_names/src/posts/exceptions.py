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


CONSTRAINTS = {"bookmarks_pkey": AlreadyBookmarkedError()}


async def answer_conflict(request: Request, error: IntegrityError) -> JSONResponse:
    # asyncpg's own exception, which knows the constraint, is the cause of the one of the dialect.
    cause = error.orig.__cause__ if error.orig else None
    refusal = CONSTRAINTS.get(getattr(cause, "constraint_name", ""))
    if refusal is None:
        raise error
    return await answer(request, refusal)
