from uuid import UUID

import pytest

from src.tests.api import POST_ID
from src.tests.conftest import Clock

service = pytest.importorskip("src.comments.service")
auth = pytest.importorskip("src.auth.schemas")

ASHA = auth.Doctor("u-asha", "Dr. Asha Menon")
ROHAN = auth.Doctor("u-rohan", "Dr. Rohan Kulkarni")
POST = UUID(POST_ID)


def test_a_comment_of_somebody_else_stays(clock: Clock) -> None:
    comments = service.CommentService(clock)
    comment = comments.add(ASHA, POST, "Look at V1.")
    with pytest.raises(service.PermissionDeniedError):
        comments.remove(ROHAN, comment.comment_id)
    assert comments.of_post(POST) == [comment]
