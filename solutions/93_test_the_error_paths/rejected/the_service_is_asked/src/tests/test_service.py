from uuid import UUID

import pytest
from pydantic import ValidationError

from src.auth.schemas import Doctor
from src.comments.schemas import NewComment
from src.comments.service import CommentService
from src.exceptions import PermissionDeniedError, PostNotFoundError, RateLimitedError
from src.tests.api import POST_ID, UNKNOWN_ID
from src.tests.conftest import Clock

ASHA = Doctor("u-asha", "Dr. Asha Menon")
ROHAN = Doctor("u-rohan", "Dr. Rohan Kulkarni")
POST = UUID(POST_ID)


@pytest.fixture
def service(clock: Clock) -> CommentService:
    return CommentService(clock)


def test_a_blank_comment() -> None:
    with pytest.raises(ValidationError):
        NewComment(body="   ")


def test_an_unknown_post(service: CommentService) -> None:
    with pytest.raises(PostNotFoundError):
        service.of_post(UUID(UNKNOWN_ID))


def test_a_comment_of_somebody_else(service: CommentService) -> None:
    comment = service.add(ASHA, POST, "Look at V1.")
    with pytest.raises(PermissionDeniedError):
        service.remove(ROHAN, comment.comment_id)
    assert service.of_post(POST) == [comment]


def test_the_limit(service: CommentService, clock: Clock) -> None:
    for _ in range(5):
        service.add(ASHA, POST, "Agreed.")
    with pytest.raises(RateLimitedError):
        service.add(ASHA, POST, "Agreed.")
    service.add(ROHAN, POST, "Agreed.")
    clock.advance(59)
    with pytest.raises(RateLimitedError):
        service.add(ASHA, POST, "Agreed.")
    clock.advance(1)
    service.add(ASHA, POST, "Agreed.")
