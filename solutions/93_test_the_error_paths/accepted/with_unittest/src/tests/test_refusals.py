from unittest import IsolatedAsyncioTestCase

from httpx import ASGITransport, AsyncClient, Response

from src.main import create_app
from src.tests.api import (
    AS_ASHA,
    AS_ROHAN,
    AS_VIKRAM,
    COMMENTS,
    UNKNOWN_ID,
    comment_at,
    comments_of,
)


class Refusals(IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.now = 0.0
        app = ASGITransport(create_app(lambda: self.now))
        self.client = AsyncClient(transport=app, base_url="http://docfliq.test")
        await self.enterAsyncContext(self.client)

    async def test_a_comment_has_words(self) -> None:
        for words in ("", "   ", "x" * 2001):
            self.assert_refused(await self.write(words), 422, "validation_error")
        await self.assert_count(0)

    async def test_nobody_reads_without_a_session(self) -> None:
        refused = await self.client.get(COMMENTS)
        self.assert_refused(refused, 401, "not_authenticated")

    async def test_a_suspended_account_writes_nothing(self) -> None:
        refused = await self.client.post(COMMENTS, json={"body": "Hm."}, headers=AS_VIKRAM)
        self.assert_refused(refused, 403, "permission_denied")
        await self.assert_count(0)

    async def test_what_is_not_there_is_not_found(self) -> None:
        nowhere = comments_of(UNKNOWN_ID)
        read = await self.client.get(nowhere, headers=AS_ASHA)
        self.assert_refused(read, 404, "post_not_found")
        written = await self.client.post(nowhere, json={"body": "Hm."}, headers=AS_ASHA)
        self.assert_refused(written, 404, "post_not_found")
        removed = await self.client.delete(comment_at(UNKNOWN_ID), headers=AS_ASHA)
        self.assert_refused(removed, 404, "comment_not_found")

    async def test_a_comment_is_its_authors(self) -> None:
        written = await self.write("Look at V1.")
        address = comment_at(written.json()["comment_id"])
        self.assert_refused(
            await self.client.delete(address, headers=AS_ROHAN), 403, "permission_denied"
        )
        await self.assert_count(1)

    async def test_five_comments_a_minute(self) -> None:
        for _ in range(5):
            self.assertEqual((await self.write("Hm.")).status_code, 201)
        self.assert_refused(await self.write("Hm."), 429, "rate_limited")
        self.now += 59.0
        self.assert_refused(await self.write("Hm."), 429, "rate_limited")
        self.now += 1.0
        self.assertEqual((await self.write("Hm.")).status_code, 201)

    async def test_the_minute_moves_with_the_comments(self) -> None:
        self.assertEqual((await self.write("First.")).status_code, 201)
        self.now += 30.0
        for _ in range(4):
            self.assertEqual((await self.write("Hm.")).status_code, 201)
        self.now += 30.0
        self.assertEqual((await self.write("Hm.")).status_code, 201)
        self.assert_refused(await self.write("Hm."), 429, "rate_limited")

    async def test_others_have_their_own_five(self) -> None:
        for _ in range(5):
            await self.write("Hm.")
        rohans = await self.client.post(COMMENTS, json={"body": "Hm."}, headers=AS_ROHAN)
        self.assertEqual(rohans.status_code, 201)

    async def write(self, words: str) -> Response:
        return await self.client.post(COMMENTS, json={"body": words}, headers=AS_ASHA)

    def assert_refused(self, response: Response, status: int, code: str) -> None:
        self.assertEqual(response.status_code, status)
        self.assertEqual(response.json()["error"]["code"], code)

    async def assert_count(self, count: int) -> None:
        response = await self.client.get(COMMENTS, headers=AS_ROHAN)
        self.assertEqual(len(response.json()["items"]), count)
