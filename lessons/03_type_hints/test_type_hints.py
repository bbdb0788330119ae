"""What a function takes and gives is written in its signature."""

import inspect
import re
import sys
import threading
import typing
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType, ModuleType, UnionType
from typing import Any, TypeAlias

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient

from src.main import create_app

Schema: TypeAlias = dict[str, Any]

ECG = "/api/v1/courses/ecg-for-the-ward"
LESSONS, LESSON, PRICE = f"{ECG}/lessons", f"{ECG}/lessons/2", f"{ECG}/price"
NOWHERE = "/api/v1/courses/palmistry/lessons"
PATHS = {name: f"/api/v1/courses/{{slug}}{name}" for name in ("/lessons", "/price")}
PATHS["/lessons/{position}"] = f"{PATHS['/lessons']}/{{position}}"

RATE = {"position": 2, "title": "Rate and rhythm", "minutes": 25, "is_preview": False}
AS_WHAT_IT_IS = "a number is taken as a number, and a yes or no as a yes or no"
NOT_A_NUMBER = "422 for what is no number, no yes and no no"
SAID = "the documentation says what each route takes and gives"
WRITTEN = "a type for each parameter and for what is returned, one that says something"

WRONG = {
    f"{LESSONS}?previews_only=perhaps": "previews_only",
    f"{LESSONS}?shorter_than=soon": "shorter_than",
    f"{LESSONS}?shorter_than=12.5": "shorter_than",
    f"{LESSONS}?limit=all": "limit",
    f"{LESSONS}/last": "position",
    f"{PRICE}?seats=many": "seats",
    f"{PRICE}?seats=": "seats",
}
TAKEN = {
    "/lessons": {
        "slug": "string",
        "previews_only": "boolean",
        "shorter_than": "integer",
        "limit": "integer",
    },
    "/lessons/{position}": {"slug": "string", "position": "integer"},
    "/price": {"slug": "string", "seats": "integer"},
}
LESSON_FIELDS = {
    "position": "integer",
    "title": "string",
    "minutes": "integer",
    "is_preview": "boolean",
}
GIVEN = {
    "/lessons": LESSON_FIELDS,
    "/lessons/{position}": LESSON_FIELDS,
    "/price": {"slug": "string", "seats": "integer", "price_paise": "integer"},
}


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L8", "L326")
async def test_what_is_sent_arrives_as_what_it_is(client: AsyncClient, serve: Serve) -> None:
    """A number in an address is a number to the code, and `false` is not true."""
    for query, positions in {
        "previews_only=false": [1, 2, 3, 4, 5, 6],
        "previews_only=0": [1, 2, 3, 4, 5, 6],
        "previews_only=true": [1, 5],
        "limit=2": [1, 2],
        "shorter_than=25": [1, 6],
        "shorter_than=26": [1, 2, 6],
        "shorter_than=100&previews_only=no&limit=10": [1, 2, 3, 4, 5, 6],
    }.items():
        answer = await get(client, serve, f"{LESSONS}?{query}")
        seen = [lesson["position"] for lesson in answer]
        expect_equal(seen, positions, name=f"lessons for {query}", wants=AS_WHAT_IT_IS)
    expect_equal(await get(client, serve, LESSON), RATE, name="lesson 2", wants=AS_WHAT_IT_IS)
    price = await get(client, serve, f"{PRICE}?seats=3")
    expected = {"slug": "ecg-for-the-ward", "seats": 3, "price_paise": 449_700}
    expect_equal(price, expected, name="three seats", wants=AS_WHAT_IT_IS)


@pytest.mark.guideline("L8", "L326")
async def test_what_is_no_number_is_refused(client: AsyncClient) -> None:
    """What cannot be read is the client's mistake: 422, with the name of the parameter."""
    wrong = []
    for url, name in WRONG.items():
        response = await client.get(url)
        if response.status_code != 422:
            wrong.append(f"{response.status_code} for GET {url.removeprefix(ECG)}")
        elif name not in [problem["loc"][-1] for problem in response.json()["detail"]]:
            wrong.append(f"a 422 without {name} for GET {url.removeprefix(ECG)}")
    if wrong:
        refuse(saw="\n".join(wrong), wants=NOT_A_NUMBER, look_at="src/courses/router.py")


@pytest.mark.guideline("L326")
@pytest.mark.parametrize("route", TAKEN)
def test_the_documentation_knows_what_a_route_takes_and_gives(route: str) -> None:
    """OpenAPI has the type of each parameter, and the fields of the answer."""
    document = create_app().openapi()
    operation = document["paths"][PATHS[route]]["get"]
    taken = {one["name"]: kind_of(one["schema"]) for one in operation["parameters"]}
    where = {"wants": SAID, "look_at": "src/courses/router.py"}
    expect_equal(taken, TAKEN[route], name=f"{route} takes", **where)
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if route == "/lessons":
        expect_equal(kind_of(answer), "array", name=f"what {route} gives", **where)
        answer = answer["items"]
    fields = resolved(document, answer).get("properties")
    if not fields:
        refuse(saw=f"{route} gives {answer}: no field is named", **where)
    given = {name: kind_of(field) for name, field in fields.items()}
    expect_equal(given, GIVEN[route], name=f"{route} gives", **where)


@pytest.mark.guideline("L8")
def test_every_function_says_what_it_takes_and_gives() -> None:
    """A signature without a gap, in every function of the slice."""
    gaps = [
        f"{module.__name__}.{function.__qualname__}: {', '.join(missing)}"
        for module in modules()
        for function in functions(module)
        if (missing := list(untyped(function)))
    ]
    if gaps:
        refuse(saw="\n".join(gaps), wants=WRITTEN, look_at="src/courses/")


@pytest.mark.guideline("L8")
async def test_what_the_signatures_say_is_true(client: AsyncClient) -> None:
    """A function is given what its signature names, and gives it, None included."""
    with watched() as lies:
        for url in (LESSONS, LESSON, f"{LESSONS}/7", PRICE, f"{PRICE}?seats=3", NOWHERE):
            await client.get(url)
    if lies:
        refuse(
            saw="\n".join(dict.fromkeys(lies)),
            wants="a signature that is true",
            look_at="src/courses/",
        )


async def test_without_a_wish_there_is_all_of_it(client: AsyncClient, serve: Serve) -> None:
    """Nothing sent: all lessons, and the price of one seat."""
    lessons = await get(client, serve, LESSONS)
    expect_equal([it["position"] for it in lessons], [1, 2, 3, 4, 5, 6], wants="all lessons")
    expect_equal(lessons[1], RATE, name="lesson 2", wants="a lesson as it is")
    price = await get(client, serve, PRICE)
    expect_equal(price["price_paise"], 149_900, name="one seat", wants="the price of the course")


async def test_what_is_not_there_is_a_404(client: AsyncClient, serve: Serve) -> None:
    """No course of that name, no lesson of that number."""
    for path in (NOWHERE, NOWHERE.replace("lessons", "price")):
        serve.expect(await client.get(path), 404, wants="404 for a course that is not there")
    response = await client.get(f"{LESSONS}/7")
    serve.expect(response, 404, wants="404 for a lesson that is not there")


async def get(client: AsyncClient, serve: Serve, url: str) -> Any:
    """Return the JSON of an answer."""
    __tracebackhide__ = True
    return serve.expect(await client.get(url), 200, wants=AS_WHAT_IT_IS).json()


def kind_of(schema: Schema) -> str:
    """Return the type that a schema names; of one that may be null, the other."""
    kinds = [kind_of(one) for one in schema.get("anyOf", [])]
    named = [kind for kind in kinds if kind != "null"]
    return " or ".join(named) if named else str(schema.get("type", "no type"))


def resolved(document: Schema, schema: Schema) -> Schema:
    """Follow a reference into the components of the document."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Schema = document["components"]["schemas"][name] if name else schema
    return found


def modules() -> Iterator[ModuleType]:
    """Yield the modules of the slice."""
    root = Path(__file__).parent
    for path in sorted(root.glob("src/**/*.py")):
        if path.name != "__init__.py":
            yield import_module(".".join(path.relative_to(root).with_suffix("").parts))


def functions(module: ModuleType) -> Iterator[Callable[..., object]]:
    """Yield the functions and methods that a module defines itself."""
    for owner in (module, *(it for it in vars(module).values() if inspect.isclass(it))):
        for function in vars(owner).values():
            plain = getattr(function, "__func__", function)
            if inspect.isfunction(plain) and plain.__code__.co_filename == module.__file__:
                yield plain


def untyped(function: Callable[..., object]) -> Iterator[str]:
    """Yield the parameters of a function, and its return, whose type is missing or says nothing."""
    for name in [*inspect.signature(function).parameters, "return"]:
        annotation = function.__annotations__.get(name, ...)
        if name in {"self", "cls"}:
            continue
        if annotation is ...:
            yield name
        elif says_nothing(annotation):
            yield f"{name} is {said(annotation)}"


def says_nothing(annotation: object) -> bool:
    """Return whether anything at all would fit some part of a type."""
    if isinstance(annotation, str):
        return bool(re.search(r"\b(Any|object)\b", annotation))
    if annotation in (Any, object, list, dict, tuple):
        return True
    parts = typing.get_args(annotation)
    if is_annotated(annotation):
        parts = parts[:1]
    return any(says_nothing(part) for part in parts if part is not ...)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note each plain function of the slice that is given, or gives, what its signature denies."""
    known = {it.__code__: it for module in modules() for it in functions(module)}
    lies: list[str] = []

    def look(frame: FrameType, event: str, value: object) -> None:
        function = known.get(frame.f_code)
        if function is None or event not in {"call", "return"}:
            return
        hints = hints_of(function)
        seen = dict(frame.f_locals) if event == "call" else {}
        if event == "return" and not inspect.iscoroutinefunction(function):
            seen = {"return": value}
        lies.extend(
            f"{function.__qualname__}: {name} was {it!r:.40}, which is no {said(hints[name])}"
            for name, it in seen.items()
            if name in hints and not fits(it, hints[name])
        )

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield lies
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def hints_of(function: Callable[..., object]) -> dict[str, Any]:
    """Return the types of a signature, or none where a name in it is for the type checker alone."""
    try:
        return typing.get_type_hints(function)
    except NameError:
        return {}


def fits(value: object, hint: Any) -> bool:
    """Return whether a value is what a type says, as far as its class tells."""
    origin = typing.get_origin(hint)
    if origin in {typing.Union, UnionType}:
        return any(fits(value, one) for one in typing.get_args(hint))
    kind = origin or hint
    return isinstance(value, kind) if inspect.isclass(kind) else True


def said(annotation: Any) -> str:
    """Return a type as somebody would write it."""
    if isinstance(annotation, str):
        return annotation
    if is_annotated(annotation):
        return f"Annotated[{said(typing.get_args(annotation)[0])}, …]"
    parts = [said(part) for part in typing.get_args(annotation)]
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, UnionType}:
        return " | ".join(parts)
    name = getattr(origin or annotation, "__name__", str(annotation)).replace("NoneType", "None")
    return f"{name}[{', '.join(parts)}]" if parts else name


def is_annotated(annotation: object) -> bool:
    """Return whether a type carries more than itself."""
    return hasattr(annotation, "__metadata__")
