"""The fixture `postgres_line`: the app's line to PostgreSQL, which knows who waits for the server."""

from __future__ import annotations

import asyncio

from sqlalchemy.engine import make_url

from docfliq_katas.probes.line import End, Line

_CHUNK = 1 << 16  # bytes


class PostgresLine(Line):
    """The line to PostgreSQL: it carries bytes, whatever they say.

    Usage::

        asking = asyncio.create_task(client.get("/posts"))
        while not postgres_line.under_way:
            await asyncio.sleep(0)
    """

    def _url(self, port: int) -> str:
        url = make_url(self._server_url).set(host="127.0.0.1", port=port, query={})
        return url.render_as_string(hide_password=False)

    async def _connect(self) -> End:
        url = make_url(self._server_url)
        host, port = str(url.query.get("host") or url.host), url.port or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _carry(self, app: End, server: End) -> None:
        asked, back = app
        answered, out = server

        async def answer() -> None:
            while data := await answered.read(_CHUNK):
                self._waiting.discard(asked)
                back.write(data)
            back.close()

        answering = asyncio.create_task(answer())
        try:
            while data := await asked.read(_CHUNK):
                self._waiting.add(asked)
                out.write(data)
        finally:
            answering.cancel()
