"""The fixture `valkey_line`: the app's line to Valkey, which loses a reply or holds a command back."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from redis.asyncio.connection import parse_url

from docfliq_katas.probes.line import End, Line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

# What a client says when it connects; the commands of a request come after it.
_GREETING = frozenset({"HELLO", "AUTH", "CLIENT", "SELECT", "PING"})


class ValkeyLine(Line):
    """The line to Valkey; on each connection it carries one command and one reply at a time.

    Usage::

        for number in count(1):
            with valkey_line.cut_after(number):
                await client.post("/login")
            if len(valkey_line.carried) < number:
                break                     # the request has no command of that number
            …                             # what is left of a request that was cut off after this command?

    Commands are counted from the beginning of a block, over all connections, in the order in which they come; what a
    client says when it connects does not count.

    Attributes:
        carried: the names of the commands that the server has carried out since the last block began, in order.
        held: the name of the command that is held back now, or empty.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.carried: list[str] = []
        self.held = ""
        self._asked = 0
        self._cut_after = 0
        self._down = False
        self._before = 0
        self._action: Callable[[], Awaitable[object]] | None = None

    @contextmanager
    def cut_after(self, number: int) -> Iterator[None]:
        """Lose the reply to the command of that number, and all that follows until the block ends.

        Args:
            number: 1 for the first command of the block.
        """
        self._begin()
        self._cut_after = number
        try:
            yield
        finally:
            self._cut_after, self._down = 0, False

    @contextmanager
    def before(self, number: int, action: Callable[[], Awaitable[object]]) -> Iterator[None]:
        """Hold the command of that number back until `action` is done; all others pass.

        Args:
            number: 1 for the first command of the block.
            action: what is to happen first; it uses the test's own client, not the line.
        """
        self._begin()
        self._before, self._action = number, action
        try:
            yield
        finally:
            self._before, self._action = 0, None

    @contextmanager
    def hold_back(self, number: int) -> Iterator[None]:
        """Hold the command of that number back until the block ends; all others pass.

        Args:
            number: 1 for the first command of the block.
        """
        go_on = asyncio.Event()
        with self.before(number, go_on.wait):
            try:
                yield
            finally:
                go_on.set()

    def _begin(self) -> None:
        self.carried.clear()
        self._asked = 0

    def _url(self, port: int) -> str:
        target = parse_url(self._server_url)
        user, password = (quote(str(target.get(key, ""))) for key in ("username", "password"))
        login = f"{user}:{password}@" if password else ""
        return f"redis://{login}127.0.0.1:{port}/{target.get('db', 0)}"

    async def _connect(self) -> End:
        target = parse_url(self._server_url)
        if "path" in target:
            return await asyncio.open_unix_connection(target["path"])
        return await asyncio.open_connection(target.get("host", "localhost"), target.get("port", 6379))

    async def _carry(self, app: End, server: End) -> None:
        asked, back = app
        answered, out = server
        while not self._down:
            command = await _message(asked)
            name = command.split(b"\r\n")[2].decode().upper()
            number = await self._admit(name) if name not in _GREETING else 0
            if self._down:
                return
            self._waiting.add(asked)
            out.write(command)
            reply = await _message(answered)
            self._waiting.discard(asked)
            if number:
                self.carried.append(name)
                self._down = self._down or number == self._cut_after
            if not self._down:
                back.write(reply)

    async def _admit(self, name: str) -> int:
        """Return the number of a command, once it may pass."""
        self._asked += 1
        number = self._asked
        if self._action and number == self._before:
            self.held = name
            await self._action()
            self.held = ""
        return number


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one value of the server's protocol: a command is an array, and so are many replies."""
    head = await reader.readuntil(b"\r\n")
    kind, size = head[:1], head[1:-2]
    if kind in b"$=!" and size != b"-1":
        return head + await reader.readexactly(int(size) + 2)
    if kind in b"*~>%" and size != b"-1":
        parts = int(size) * (2 if kind == b"%" else 1)
        return head + b"".join([await _message(reader) for _ in range(parts)])
    return head
