"""The table of framework errors that puzzle people, each with what it means and the lines of the rulebook behind it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One error and what it means.

    Attributes:
        kind: the name of the exception's class, or of one that it derives from.
        fragment: what its message holds; empty fits every message.
        inside: the function that raised it, where the message alone may mean something else; empty fits every one.
        words: what happened, in a sentence that begins small.
        guidelines: the lines of the rulebook that it points to.
    """

    kind: str
    fragment: str
    words: str
    guidelines: tuple[str, ...]
    inside: str = ""

    def fits(self, error: BaseException) -> bool:
        """Return whether the error is of this kind."""
        return (
            self.fragment in str(error)
            and any(self.kind == each.__name__ for each in type(error).__mro__)
            and self.inside in {"", _raised_in(error)}
        )


ROWS = (
    Row(
        "MissingGreenlet",
        "",
        "an attribute was not loaded, and reading it would need a query outside an await: load it on purpose, in the"
        " statement or with awaitable_attrs",
        ("L171", "L222"),
    ),
    Row(
        "DetachedInstanceError",
        "",
        "an attribute was not loaded, and the session of its object is closed: load it before the session ends",
        ("L167", "L226"),
    ),
    Row(
        "PendingRollbackError",
        "",
        "an earlier statement of this session failed, and nobody rolled back: nothing more can be done with it before"
        " rollback()",
        ("L39",),
    ),
    Row(
        "IllegalStateChangeError",
        "",
        "two tasks use one session at the same time: each task needs a session of its own",
        ("L36",),
    ),
    Row(
        "InvalidRequestError",
        "already flushing",
        "two tasks use one session at the same time: each task needs a session of its own",
        ("L36",),
    ),
    Row(
        "InvalidRequestError",
        "The unique() method must be invoked",
        "a joined collection repeats its parent in every row: call .unique() on the result",
        ("L171",),
    ),
    Row(
        "InvalidRequestError",
        "lazy='raise'",
        "the relationship forbids loading by accident: name it in the options of the statement",
        ("L171", "L222"),
    ),
    Row(
        "IntegrityError",
        "Query-invoked autoflush",
        "a query sent what the session had pending, and the database refused that: flush it yourself, where you can"
        " answer for a refusal",
        ("L175",),
    ),
    Row(
        "TimeoutError",
        "QueuePool limit",
        "every connection of the pool is taken: somebody holds one while waiting, or never gives it back",
        ("L181", "L207"),
    ),
    Row(
        "InterfaceError",
        "another operation is in progress",
        "two tasks use one PostgreSQL connection at the same time, or the engine was made on another event loop",
        ("L36",),
    ),
    Row(
        "RuntimeError",
        "attached to a different loop",
        "a client or an engine is used on another event loop than the one it was made on: make it in lifespan",
        ("L51", "L250"),
    ),
    Row(
        "RuntimeError",
        "is bound to a different event loop",
        "a queue, a lock or a client is used on another event loop than the one it was made on: make it in lifespan",
        ("L51", "L250"),
    ),
    Row(
        "RuntimeError",
        "Event loop is closed",
        "a client outlived the event loop that it was made on: close it in lifespan, and make a new one for a new loop",
        ("L52", "L250"),
    ),
    Row(
        "RuntimeError",
        "the client has been closed",
        "the HTTP client was closed, and somebody uses it still: close it when the app ends, in lifespan",
        ("L257",),
    ),
    Row(
        "RuntimeError",
        "response already started",
        "the answer was on its way when this was raised, as in a background task or behind a yield: it cannot become"
        " an error any more",
        ("L276",),
    ),
    Row(
        "TypeError",
        "can't be used in 'await' expression",
        "an await stands before what a plain function returned: call that function without one",
        ("L23", "L218"),
    ),
    Row(
        "TypeError",
        "cannot unpack non-iterable",
        "a bare class stands in the list of middleware: wrap it, as in Middleware(CORSMiddleware, allow_origins=[…])",
        ("L158",),
        inside="build_middleware_stack",
    ),
    Row(
        "UndefinedTableError",
        "does not exist",
        "the table is not there: the migrations did not run, or its model was not imported",
        ("L210", "L224"),
    ),
    Row(
        "DataError",
        "can't subtract offset-naive and offset-aware datetimes",
        "a time without a zone meets one with a zone: use aware UTC times and timestamptz columns",
        ("L287",),
    ),
    Row(
        "DataError",
        "Invalid input of type",
        "Valkey stores bytes, text and numbers: serialise the value first, as with model_dump_json()",
        ("L199",),
    ),
    Row(
        "ResponseError",
        "WRONGTYPE",
        "the key holds another kind of value than this command works on: two parts of the app use one key name",
        ("L196",),
    ),
    Row(
        "CollectionWasNotInitialized",
        "",
        "init_beanie was not given this document class, or has not run yet",
        ("L233",),
    ),
    Row(
        "ResponseValidationError",
        "MissingGreenlet",
        "the response model reads an attribute that was not loaded, and loading it would need a query outside an await:"
        " load it in the statement",
        ("L171", "L222"),
    ),
    Row(
        "ResponseValidationError",
        "lazy='raise'",
        "the response model reads a relationship that forbids loading by accident: name it in the options of the"
        " statement",
        ("L171", "L222"),
    ),
    Row(
        "ResponseValidationError",
        "",
        "what the endpoint returned does not fit its response model; the client's request was fine",
        ("L34", "L230"),
    ),
    Row(
        "PydanticUserError",
        "`regex` is removed",
        "a name of Pydantic 1: the argument is called pattern now",
        ("L28", "L228"),
    ),
    Row(
        "PydanticUserError",
        "non-annotated attribute",
        "a field of a model needs a type: without one, Pydantic cannot tell it from a constant",
        ("L8",),
    ),
    Row(
        "PydanticDeprecatedSince20",
        "",
        "a name of Pydantic 1, which still works and will not in Pydantic 3",
        ("L28", "L228"),
    ),
    Row(
        "PydanticImportError",
        "BaseSettings",
        "settings live in a package of their own now: import BaseSettings from pydantic_settings",
        ("L43",),
    ),
    Row(
        "ArgumentError",
        "Strings are not accepted for attribute names in loader options",
        "the options of a statement take attributes and no names: joinedload(Post.author), not joinedload('author')",
        ("L171",),
    ),
    Row(
        "ConstraintColumnNotFoundError",
        "",
        "an index or a constraint names a column that the table does not have: it takes columns, such as channel_id,"
        " and no relationships",
        ("L177",),
    ),
    Row(
        "FastAPIError",
        ", <function ",
        "a function stands in Annotated[…] without Depends(…) around it, so that FastAPI takes the parameter for one of"
        " the client's",
        ("L36",),
    ),
    Row(
        "FastAPIError",
        "Invalid args for response field",
        "a parameter or the answer has a type that Pydantic cannot read: let Depends(…) give the parameter, or name a"
        " response model for the answer",
        ("L34", "L36"),
    ),
    Row(
        "DependencyScopeError",
        "",
        "a dependency of the whole request needs one that ends with the function: give both the same scope",
        ("L249",),
    ),
    Row(
        "AttributeError",
        "'State' object has no attribute",
        "lifespan has not put it there: it did not run, or yielded a state without that name",
        ("L51", "L311"),
    ),
    Row(
        "ConnectionRefusedError",
        "",
        "nobody listens at that address: the server is down, or the setting names another one",
        ("L44",),
    ),
)


def _raised_in(error: BaseException) -> str:
    """Return the name of the function that raised it."""
    frames = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1] if frames else ""
