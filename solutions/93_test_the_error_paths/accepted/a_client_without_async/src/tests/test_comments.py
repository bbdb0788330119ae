from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from src.main import create_app
from src.tests.api import (
    AS_ASHA,
    AS_MEERA,
    AS_ROHAN,
    AS_VIKRAM,
    COMMENTS,
    UNKNOWN_ID,
    comment_at,
    comments_of,
)
from src.tests.conftest import Clock

HELLO = {"body": "Look at V1."}


@pytest.fixture
def browser(clock: Clock) -> Iterator[TestClient]:
    with TestClient(create_app(clock), raise_server_exceptions=False) as browser:
        yield browser


@pytest.fixture
def address(browser: TestClient) -> str:
    written = browser.post(COMMENTS, json=HELLO, headers=AS_ASHA)
    assert written.status_code == 201
    return comment_at(written.json()["comment_id"])


@pytest.mark.parametrize("who", [AS_ASHA, AS_MEERA])
def test_author_and_admin_remove_a_comment(
    browser: TestClient, address: str, who: dict[str, str]
) -> None:
    assert browser.delete(address, headers=who).status_code == 204
    assert count(browser) == 0
    assert browser.delete(address, headers=who).status_code == 404


def test_a_stranger_does_not(browser: TestClient, address: str) -> None:
    assert browser.delete(address, headers=AS_ROHAN).status_code == 403
    assert count(browser) == 1


@pytest.mark.parametrize("words", ["", "\t", "x" * 2001, None, 7])
def test_a_comment_is_a_text(browser: TestClient, words: object) -> None:
    assert browser.post(COMMENTS, json={"body": words}, headers=AS_ASHA).status_code == 422
    assert count(browser) == 0


def test_a_suspended_account_reads_and_does_not_write(browser: TestClient) -> None:
    assert browser.get(COMMENTS, headers=AS_VIKRAM).status_code == 200
    assert browser.post(COMMENTS, json=HELLO, headers=AS_VIKRAM).status_code == 403
    assert count(browser) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_comes_without_a_session(browser: TestClient, method: str) -> None:
    assert browser.request(method, COMMENTS, json=HELLO).status_code == 401
    assert count(browser) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_post_has_no_comments(browser: TestClient, method: str) -> None:
    nowhere = comments_of(UNKNOWN_ID)
    assert browser.request(method, nowhere, json=HELLO, headers=AS_ASHA).status_code == 404


def test_the_limit_begins_and_ends(browser: TestClient, clock: Clock) -> None:
    statuses = [browser.post(COMMENTS, json=HELLO, headers=AS_ASHA) for _ in range(6)]
    assert [one.status_code for one in statuses] == [201] * 5 + [429]
    assert browser.post(COMMENTS, json=HELLO, headers=AS_ROHAN).status_code == 201
    wait = float(statuses[-1].headers["retry-after"])
    clock.advance(wait)
    assert browser.post(COMMENTS, json=HELLO, headers=AS_ASHA).status_code == 201
    assert 59 < wait <= 60


def count(browser: TestClient) -> int:
    return len(browser.get(COMMENTS, headers=AS_ROHAN).json()["items"])
