"""What a caller is told about a server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

_PASSWORD = re.compile(r"(?<=:)[^/]*(?=@)|(?<=password=)[^&]+")


@dataclass(frozen=True)
class Server:
    """One running server: what it is called, where it is reached, and whether it had to be revived."""

    name: str
    url: str
    external: bool
    restarted: bool


@dataclass(frozen=True)
class Status:
    """What is known of a server without starting it; `url` carries no password.

    `idle_seconds` is how long the server stays up if nobody uses it; None unless `state` is "up".
    """

    name: str
    state: Literal["up", "down", "own"]
    pid: int | None = None
    url: str | None = None
    version: str | None = None
    idle_seconds: float | None = None


class Service(Protocol):
    """What each of the modules `postgres`, `valkey` and `mongodb` offers; NAME is for lesson.toml, LABEL for people."""

    NAME: str
    LABEL: str

    def server(self) -> Server:
        """Return the server, started where it is not up."""

    def status(self) -> Status:
        """Return what is known of the server without starting it."""

    def fresh_database(self) -> AbstractAsyncContextManager[str]:
        """Lend the URL of an empty database."""


def without_password(url: str) -> str:
    """Return `url` with its password replaced by three stars."""
    return _PASSWORD.sub("***", url)
