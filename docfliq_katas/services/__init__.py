"""The servers that lessons talk to: real ones, started on first need, stopped when nobody uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas.services import lifecycle, mongodb, postgres, valkey
from docfliq_katas.services.server import Server, Service, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

BY_NAME: dict[str, Service] = {module.NAME: module for module in (postgres, valkey, mongodb)}
"""The servers by the names that lesson.toml uses."""

__all__ = [
    "BY_NAME",
    "Server",
    "Service",
    "Status",
    "down",
    "insist_on",
    "mongodb",
    "postgres",
    "status",
    "stop_all",
    "up",
    "valkey",
]


def status() -> list[Status]:
    """Return what is known of the three servers; starts none and counts as no use."""
    return [postgres.status(), valkey.status(), mongodb.status()]


def up() -> list[Server]:
    """Return the three servers, each started where it is not up.

    Raises:
        Misuse: one cannot be reached or started.
    """
    return [postgres.server(), valkey.server(), mongodb.server()]


def insist_on(names: Iterable[str]) -> None:
    """Pass where each of our servers called `names` still answers; servers of one's own are not asked.

    Raises:
        Misuse: one died since it was reached.
    """
    for service in map(BY_NAME.__getitem__, names):
        if service.status().state == "down":
            lifecycle.insist_on(service.NAME, service.LABEL)


def down() -> list[str]:
    """Stop our servers and return the names of those that were up; servers of one's own are not touched."""
    return [module.LABEL for module in (postgres, valkey, mongodb) if lifecycle.stop(module.NAME)]


stop_all = down
