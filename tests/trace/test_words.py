from __future__ import annotations

from typing import Any

from docfliq_katas.probes.mongo import Command
from docfliq_katas.probes.sql import Statement
from docfliq_katas.probes.valkey import Trip
from docfliq_katas.trace import words


def test_a_statement_is_its_verb_and_its_table() -> None:
    """Short: what is done to which table; long: the shape without columns and values."""
    named = {
        "SELECT users.id, users.name FROM users WHERE users.id = $1": "SELECT users",
        'SELECT count(*) FROM "audit"."entries"': "SELECT entries",
        "INSERT INTO posts (id) VALUES ($1)": "INSERT posts",
        "UPDATE posts SET title = $1": "UPDATE posts",
        "DELETE FROM posts": "DELETE posts",
        "CREATE TABLE IF NOT EXISTS posts (id int)": "CREATE posts",
        "SELECT 1": "SELECT 1",
    }
    for text, name in named.items():
        assert words.of_statement(_statement(text)).name == name
    assert words.of_statement(_statement(next(iter(named)))).what == "SELECT users.id, … FROM users WHERE users.id = ?"


def test_a_list_of_one_is_a_list() -> None:
    """IN with one value and with many is the same call."""
    one, many = (_statement(f"SELECT id FROM users WHERE id IN ({values})") for values in ("$1", "$1, $2"))
    assert words.of_statement(one).what == words.of_statement(many).what == "SELECT id FROM users WHERE id IN (?…)"


def test_a_command_is_told_without_values() -> None:
    """The fields of the filter, the stages, the order; documents only where some can come."""
    find: dict[str, Any] = {
        "find": "posts",
        "filter": {"author": "asha", "read": False},
        "sort": {"at": -1},
        "limit": 20,
    }
    stages: dict[str, Any] = {"aggregate": "posts", "pipeline": [{"$match": {"author": "asha"}}, {"$limit": 3}]}
    update: dict[str, Any] = {"update": "posts", "updates": [{"q": {"author": "asha"}, "u": {"$set": {"read": True}}}]}
    told: dict[str, dict[str, Any]] = {
        "find posts where author, read sorted by at limit ?": find,
        "aggregate posts $match author $limit": stages,
        "update posts where author": update,
    }
    for what, body in told.items():
        assert words.of_command(_command(body)).what == what
    assert [words.of_command(_command(body)).rows for body in told.values()] == [2, 2, None]


def test_a_round_trip_is_told_with_keys_and_lifetimes() -> None:
    """Numbers and ids in keys are a question mark, values an ellipsis; what is said about a lifetime stays."""
    told: dict[str, list[tuple[str, ...]]] = {
        "GET user:?": [("GET", "user:00000000-0000-0000-0000-0000000000a1")],
        "SET user:? … EX 300": [("SET", "user:7", "secret", "EX", "300")],
        "SET user:? … NX PX 5": [("SET", "user:7", "secret", "NX", "PX", "5")],
        "SET user:? …": [("set", "user:7", "secret")],
        "EXPIRE rate:? 60": [("EXPIRE", "rate:7", "60")],
        "SETEX rate:? 60 …": [("SETEX", "rate:7", "60", "secret")],
        "EVAL …": [("EVAL", "return 'secret'", "0")],
        "PING": [("PING",)],
        "MULTI, 2 times INCR hits:?, EXEC": [("MULTI",), ("INCR", "hits:1"), ("INCR", "hits:2"), ("EXEC",)],
    }
    for what, commands in told.items():
        assert words.of_trip(Trip(tuple(commands), 0, None)).what == what
    assert words.of_trip(Trip((("GET", "a"), ("GET", "b")), 0, None)).name == "pipeline of 2"


def _statement(text: str) -> Statement:
    return Statement(text, executemany=False, rows=1, parameters=(), where=None)


def _command(body: dict[str, Any]) -> Command:
    return Command(next(iter(body)), "docfliq", "posts", body, 2, 100, None)
