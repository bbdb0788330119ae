from httpx import AsyncClient, Response

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

TEXT = {"body": "Look at V1."}


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


async def test_a_conversation_with_all_its_refusals(client: AsyncClient, clock: Clock) -> None:
    nowhere = comments_of(UNKNOWN_ID)
    record = [
        (await client.get(COMMENTS)).status_code,
        (await client.get(nowhere, headers=AS_ASHA)).status_code,
        (await client.post(COMMENTS, json={"body": "\n"}, headers=AS_ASHA)).status_code,
        (await client.post(COMMENTS, json=TEXT, headers=AS_VIKRAM)).status_code,
        *[(await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)).status_code for _ in range(6)],
        len(await bodies(client)),
    ]
    mine = (await client.get(COMMENTS, headers=AS_ASHA)).json()["items"][0]["comment_id"]
    record += [(await client.post(COMMENTS, json=TEXT, headers=AS_ROHAN)).status_code]
    clock.advance(59)
    record += [(await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)).status_code]
    clock.advance(2)
    record += [
        (await client.delete(comment_at(mine), headers=AS_ROHAN)).status_code,
        len(await bodies(client)),
        (await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)).status_code,
    ]
    assert record == [401, 404, 422, 403, *[201] * 5, 429, 5, 201, 429, 403, 6, 201]


async def write(client: AsyncClient) -> Response:
    return await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)


async def bodies(client: AsyncClient) -> list[str]:
    response = await client.get(COMMENTS, headers=AS_ROHAN)
    return [comment["body"] for comment in response.json()["items"]]
