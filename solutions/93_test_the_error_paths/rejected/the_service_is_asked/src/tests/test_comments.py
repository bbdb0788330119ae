from httpx import AsyncClient, Response

from src.tests.api import AS_ASHA, AS_MEERA, AS_ROHAN, COMMENTS, comment_at

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


async def write(client: AsyncClient) -> Response:
    return await client.post(COMMENTS, json=TEXT, headers=AS_ASHA)


async def bodies(client: AsyncClient) -> list[str]:
    response = await client.get(COMMENTS, headers=AS_ROHAN)
    return [comment["body"] for comment in response.json()["items"]]
