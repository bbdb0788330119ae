import pytest
from httpx import AsyncClient, Response

from src.tests import api
from src.tests.api import AS_ASHA, AS_MEERA, AS_ROHAN, AS_VIKRAM, COMMENTS, comment_at
from src.tests.conftest import Clock

TEXT = {"body": "Look at V1."}
NO_POST, NO_COMMENT = api.comments_of(api.UNKNOWN_ID), comment_at(api.UNKNOWN_ID)
Fields = dict[str, str]


async def test_a_comment_appears_below_its_post(client: AsyncClient) -> None:
    written = await write(client)
    assert written.status_code == 201
    assert await bodies(client) == ["Look at V1."]


async def test_an_author_removes_a_comment(client: AsyncClient) -> None:
    written = await write(client)
    removed = await client.delete(comment_at(written.json()["comment_id"]), headers=AS_ASHA)
    assert removed.status_code == 204
    assert await bodies(client) == []


async def test_an_admin_removes_a_comment(client: AsyncClient) -> None:
    written = await write(client)
    removed = await client.delete(comment_at(written.json()["comment_id"]), headers=AS_MEERA)
    assert removed.status_code == 204
    assert await bodies(client) == []


async def test_nobody_else_removes_a_comment(client: AsyncClient) -> None:
    written = await write(client)
    refused = await client.delete(comment_at(written.json()["comment_id"]), headers=AS_ROHAN)
    assert refused.status_code == 403
    assert await bodies(client) == ["Look at V1."]


@pytest.mark.parametrize(
    ("who", "asked", "answer"),
    [
        ({}, ("GET", COMMENTS, None), (401, "not_authenticated")),
        ({}, ("POST", COMMENTS, TEXT), (401, "not_authenticated")),
        ({}, ("DELETE", NO_COMMENT, None), (401, "not_authenticated")),
        (AS_VIKRAM, ("POST", COMMENTS, TEXT), (403, "permission_denied")),
        (AS_ASHA, ("GET", NO_POST, None), (404, "post_not_found")),
        (AS_ASHA, ("POST", NO_POST, TEXT), (404, "post_not_found")),
        (AS_ASHA, ("DELETE", NO_COMMENT, None), (404, "comment_not_found")),
        (AS_ASHA, ("POST", COMMENTS, {"body": "   "}), (422, "validation_error")),
        (AS_ASHA, ("POST", COMMENTS, {"body": "x" * 2001}), (422, "validation_error")),
    ],
)
async def test_a_refusal_says_why_and_changes_nothing(
    client: AsyncClient, who: Fields, asked: tuple[str, str, Fields | None], answer: tuple[int, str]
) -> None:
    method, path, sent = asked
    response = await client.request(method, path, json=sent, headers=who)
    assert (response.status_code, response.json()["error"]["code"]) == answer
    assert await bodies(client) == []


class TestCommentLimit:
    async def test_the_sixth_comment_in_a_minute_is_refused(self, client: AsyncClient) -> None:
        responses = [await write(client) for _ in range(6)]
        assert [response.status_code for response in responses] == [201] * 5 + [429]
        assert (responses[5].headers["Retry-After"], len(await bodies(client))) == ("60", 5)

    async def test_the_sixth_comment_in_a_minute_is_refused(
        self, client: AsyncClient, clock: Clock
    ) -> None:
        statuses = [(await write(client)).status_code for _ in range(5)]
        for seconds in (59, 1):
            clock.advance(seconds)
            statuses.append((await write(client)).status_code)
        assert statuses == [201] * 5 + [429, 201]

    async def test_the_limit_is_each_doctors_own(self, client: AsyncClient) -> None:
        statuses = [(await write(client)).status_code for _ in range(6)]
        rohans = await client.post(COMMENTS, json=TEXT, headers=AS_ROHAN)
        assert [*statuses, rohans.status_code] == [201] * 5 + [429, 201]


async def write(client: AsyncClient) -> Response:
    return await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)


async def bodies(client: AsyncClient) -> list[str]:
    response = await client.get(COMMENTS, headers=AS_ROHAN)
    return [comment["body"] for comment in response.json()["items"]]
