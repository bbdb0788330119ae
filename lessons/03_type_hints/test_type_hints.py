"""What a function takes and gives is written in its signature."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
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
PATHS = {name: f"/api/v1/courses/{{slug}}{name}" for name in ("/lessons", "/price")}
PATHS["/lessons/{position}"] = f"{PATHS['/lessons']}/{{position}}"

RATE = {"position": 2, "title": "Rate and rhythm", "minutes": 25, "is_preview": False}
AS_WHAT_IT_IS = "a number is taken as a number, and a yes or no as a yes or no"
NOT_A_NUMBER = "422 for what is no number, no yes and no no"
SAID = "the documentation says what each route takes and gives"
WRITTEN = "a type for each parameter and for what is returned, one that says something"
SAYS_NOTHING = (Any, object, list, dict, tuple, "Any", "object", "list", "dict", "tuple")

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
    expect_equal(taken, TAKEN[route], name=f"{route}: parameters", wants=SAID)
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if route == "/lessons":
        expect_equal(kind_of(answer), "array", name=f"{route}: answer", wants=SAID)
        answer = answer["items"]
    fields = resolved(document, answer).get("properties", {})
    given = {name: kind_of(field) for name, field in fields.items()}
    expect_equal(given, GIVEN[route], name=f"{route}: fields of the answer", wants=SAID)


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


async def test_without_a_wish_there_is_all_of_it(client: AsyncClient, serve: Serve) -> None:
    """Nothing sent: all lessons, and the price of one seat."""
    lessons = await get(client, serve, LESSONS)
    expect_equal([it["position"] for it in lessons], [1, 2, 3, 4, 5, 6], wants="all lessons")
    expect_equal(lessons[1], RATE, name="lesson 2", wants="a lesson as it is")
    price = await get(client, serve, PRICE)
    expect_equal(price["price_paise"], 149_900, name="one seat", wants="the price of the course")


async def test_what_is_not_there_is_a_404(client: AsyncClient, serve: Serve) -> None:
    """No course of that name, no lesson of that number."""
    for path in ("/api/v1/courses/palmistry/lessons", "/api/v1/courses/palmistry/price"):
        serve.expect(await client.get(path), 404, wants="404 for a course that is not there")
    response = await client.get(f"{LESSONS}/7")
    serve.expect(response, 404, wants="404 for a lesson that is not there")


async def get(client: AsyncClient, serve: Serve, url: str) -> Any:
    """Return the JSON of an answer."""
    __tracebackhide__ = True
    return serve.expect(await client.get(url), 200, wants=AS_WHAT_IT_IS).json()


def kind_of(schema: Schema) -> str:
    """Return the type that a schema names."""
    return str(schema.get("type", "no type"))


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
        annotation = function.__annotations__.get(name)
        if name in {"self", "cls"}:
            continue
        if name not in function.__annotations__:
            yield name
        elif annotation in SAYS_NOTHING:
            yield f"{name} is {getattr(annotation, '__name__', annotation)}"
