from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("comments/schemas.py", "strip_whitespace=True"),
        ("comments/router.py", "post_id: UUID, _: SignedIn"),
        ("comments/router.py", "new: schemas.NewComment, doctor: Active"),
        ("comments/service.py", "list[Comment]:\n        _demand_post(post_id)"),
        ("comments/service.py", "if len(written) >= LIMIT:"),
        ("comments/service.py", "WINDOW = 60.0"),
        ("comments/service.py", "written = self._written[doctor.user_id]"),
        ("comments/service.py", "raise PermissionDeniedError\n        del self._comments"),
    ],
)
def test_the_line_is_there(file: str, line: str) -> None:
    if (SRC / "comments").is_dir():
        assert line in (SRC / file).read_text(encoding="utf-8")
