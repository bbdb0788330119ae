"""The calls that probes recorded, in words: short for a picture, longer for its key, and never with a value in them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docfliq_katas.probes.verdict import shorten
from docfliq_katas.trace.model import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docfliq_katas.probes.mongo import Command
    from docfliq_katas.probes.recording import Timed
    from docfliq_katas.probes.sql import Statement
    from docfliq_katas.probes.threads import Hop
    from docfliq_katas.probes.valkey import Trip
    from docfliq_katas.probes.watchdog import Stall
    from docfliq_katas.trace.model import Kind

_LONGEST = 160
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+(?:ONLY\s+|IF NOT EXISTS\s+)?([\w.\"]+)", re.IGNORECASE)
_ONE_IN = re.compile(r"\bIN \(\?\)", re.IGNORECASE)  # a list of one is a list all the same
_VALUE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d+", re.IGNORECASE)
_ANSWERS = {"find", "aggregate", "getMore", "findAndModify"}
_SECOND_COUNTS = {"EXPIRE", "PEXPIRE", "SETEX", "PSETEX", "EXPIREAT", "PEXPIREAT"}
_OPTIONS = {"EX", "PX", "EXAT", "PXAT"}
_WORDS = {"NX", "XX", "KEEPTTL", "GET"}
_NO_KEY = {"EVAL", "EVALSHA", "PUBLISH", "SCRIPT", "FCALL"}


def of_statement(statement: Statement) -> Call:
    """Tell of an SQL statement: `SELECT users`."""
    shape = _ONE_IN.sub("IN (?…)", statement.brief)
    verb = shape.partition(" ")[0].upper()
    table = _TABLE.search(statement.shape)
    name = f"{verb} {table[1].rpartition('.')[2]}".replace('"', "") if table else shorten(shape, 24)
    return _call(statement, "sql", name, shape, str(statement.where or ""), statement.rows)


def of_command(command: Command) -> Call:
    """Tell of a command of MongoDB: `find notifications`."""
    name = f"{command.name} {command.collection}".strip()
    what = " ".join([name, *_asked(command.body)])
    rows = command.documents if command.name in _ANSWERS else None
    return _call(command, "mongodb", name, shorten(what, _LONGEST), str(command.where or ""), rows)


def of_trip(trip: Trip) -> Call:
    """Tell of a round trip to Valkey: `GET user:?`, or a pipeline."""
    commands = [_command(*words) for words in trip.commands]
    folded = [(text, sum(1 for _ in alike)) for text, alike in groupby(commands)]
    what = ", ".join(text if times == 1 else f"{times} times {text}" for text, times in folded)
    name = commands[0] if len(commands) == 1 else f"pipeline of {len(commands)}"
    return _call(trip, "valkey", name, shorten(what, _LONGEST), str(trip.where or ""), None)


def of_stall(stall: Stall) -> Call:
    """Tell of a call that kept the event loop from everybody else."""
    inside = f" (inside {stall.inside})" if stall.inside else ""
    what = f"{shorten(stall.call, 80)}{inside}"
    return _call(stall, "stall", "loop stands still", what, str(stall.where or ""), None)


def of_hop(hop: Hop) -> Call:
    """Tell of a call in a worker thread."""
    place = str(hop.where or hop.defined or "")
    name = f"thread: {hop.function.rpartition('.')[2]}"
    return _call(hop, "thread", name, f"{hop.function} in a worker thread", place, None, hop.waited)


def _call(seen: Timed, kind: Kind, name: str, what: str, where: str, rows: int | None, waited: float = 0.0) -> Call:  # noqa: PLR0913, PLR0917 - one for each field
    return Call(kind, name, what, where, rows, seen.began, seen.seconds, waited, seen.request)


def _asked(body: Mapping[str, Any]) -> Iterable[str]:
    """Say which fields a command of MongoDB asks about, and in which order it wants the answer."""
    for part in (body, *body.get("updates", ()), *body.get("deletes", ())):
        fields = next((part[key] for key in ("filter", "query", "q") if part.get(key)), None)
        if fields:
            yield f"where {', '.join(fields)}"
            break
    for stage in body.get("pipeline", ()):
        operator, value = next(iter(stage.items()))
        named = f" {', '.join(value)}" if operator in {"$match", "$sort"} else ""
        yield f"{operator}{named}"
    if body.get("sort"):
        yield f"sorted by {', '.join(body['sort'])}"
    if body.get("skip"):
        yield "skip ?"
    if body.get("limit"):
        yield "limit ?"


def _command(name: str, *arguments: str) -> str:
    """Return a command of Valkey with its key, and with what it says about a lifetime."""
    verb = name.upper()
    if verb in _NO_KEY:
        return f"{verb} …"
    shown = [shorten(_VALUE.sub("?", argument), 60) for argument in arguments[:1]]
    rest = list(arguments[1:])
    if verb in _SECOND_COUNTS and rest:
        shown.append(rest.pop(0))
    options = [word for word in rest if word.upper() in _OPTIONS | _WORDS] if verb == "SET" else []
    if len(rest) > len(options):
        shown.append("…")
    for option in options:
        value = rest[rest.index(option) + 1 :][:1] if option.upper() in _OPTIONS else []
        shown += [option.upper(), *value]
    return " ".join([verb, *shown])
