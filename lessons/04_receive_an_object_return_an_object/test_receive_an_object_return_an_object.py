"""What belongs together goes through the layers as one object, and comes back as one."""

import ast
import importlib
import inspect
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MappingView
from contextlib import asynccontextmanager, contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import Verdict, refuse
from httpx import AsyncClient
from pydantic import BaseModel

Values: TypeAlias = dict[str, Any]
Function: TypeAlias = Callable[..., object]

HERE = Path(__file__).parent
API = "/api/v1"
PROPOSALS, PARTNER, QUEUE = f"{API}/proposals", f"{API}/partner/proposals", f"{API}/review/queue"

ECG: Values = {
    "title": "Reading a wide QRS at 3 a.m.",
    "city": "Kochi",
    "language": "ml",
    "minutes": 97,
    "seats": 43,
}
OTHER: Values = {"title": "Ankles", "city": "Pune", "language": "mr", "minutes": 45, "seats": 200}
WRONG: list[tuple[str, object]] = [
    ("title", ""),
    ("title", "x" * 301),
    ("city", ""),
    ("city", "x" * 101),
    ("language", "Malayalam"),
    ("minutes", 9),
    ("minutes", 601),
    ("minutes", "long"),
    ("seats", 0),
    ("seats", 501),
]
FITTING: list[tuple[str, object]] = [
    ("title", "x"),
    ("title", "x" * 300),
    ("city", "x"),
    ("city", "x" * 100),
    ("minutes", 10),
    ("minutes", 600),
    ("seats", 1),
    ("seats", 500),
]
NOBODYS = "00000000-0000-4000-8000-0000000009c4"
ARRIVES = "each field where it belongs, in every answer, whoever sends it"
ONE_LINE = "a class to which a field is added, and no other line has to change"
ONE_OBJECT = "one object in and one out, at every layer: a model, and no row of loose fields"
SAME = "as before"
ADDED = "beds"
LOOSE = 3
FIELDS = "__annotations__"


class Place(NamedTuple):
    """A class of the slice: the name of its module, its own name, and where it stands."""

    module: str
    name: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with shop(serve) as client:
        yield client


@pytest.mark.guideline("L10")
async def test_each_field_arrives_where_it_is_shown(client: AsyncClient, serve: Serve) -> None:
    """What is sent is stored, shown to whoever asks, and read by the reviewers, field by field."""
    for sent in (ECG, *(ECG | {field: OTHER[field]} for field in ECG), OTHER):
        await follow(client, serve, sent, sent)
    without = {field: value for field, value in ECG.items() if field != "language"}
    await follow(client, serve, without, ECG | {"language": "en"})


@pytest.mark.guideline("L10")
async def test_a_new_field_is_one_line_in_one_class(serve: Serve) -> None:
    """A field that is added to one class is taken, checked, stored, shown and documented."""
    missing = {}
    for place in classes():
        with imported_with(place):
            try:
                async with shop(serve) as client:
                    await try_the_new_field(client, serve)
            except Verdict as verdict:
                missing[place] = verdict.saw
            except Exception as error:  # noqa: BLE001 - an app with one class changed may not start
                missing[place] = f"the app does not start: {type(error).__name__}"
            else:
                return
            finally:
                serve.errors.clear()  # of a slice that is not the learner's
    refuse(
        saw="\n".join(f"`{ADDED}` in {place}: {what}" for place, what in missing.items()),
        wants=ONE_LINE,
        look_at=", ".join(f"{path_of(place.module)}:{place.line}" for place in missing),
    )


@pytest.mark.guideline("L10")
async def test_a_layer_is_handed_one_object_and_gives_one(
    client: AsyncClient, serve: Serve
) -> None:
    """No function is handed the fields of a proposal one by one, and none gives them so."""
    with watched() as found:
        answer = await client.post(PROPOSALS, json=ECG)
        await client.post(PARTNER, json=[ECG])
        await client.get(f"{PROPOSALS}/{answer.json()['proposal_id']}")
        await client.get(QUEUE)
    serve.expect(answer, 201, wants=SAME)
    if found:
        refuse(
            saw="\n".join(found),
            wants=ONE_OBJECT,
            look_at=", ".join(dict.fromkeys(found.values())),
        )


async def test_what_no_class_knows_goes_nowhere(client: AsyncClient, serve: Serve) -> None:
    """A field that nobody has declared is not kept, not shown, and not documented."""
    for shown in await sent_everywhere(client, serve, ECG | {ADDED: 12}):
        if ADDED in shown.values_:
            refuse(
                saw=f"{shown.where} has `{ADDED}`, which no class of the slice names",
                wants="only what the models name",
                look_at="src/proposals/schemas.py",
            )
    if ADDED in str((await client.get("/openapi.json")).json()):
        refuse(saw=f"/openapi.json names `{ADDED}`", wants="only what the models name")


async def test_nobody_chooses_the_number_or_the_status(client: AsyncClient, serve: Serve) -> None:
    """The number of a proposal and its status are given by us, whatever is sent."""
    chosen = {"proposal_id": NOBODYS, "status": "accepted"}
    for shown in await sent_everywhere(client, serve, ECG | chosen):
        for field, value in chosen.items():
            if shown.values_.get(field) == value:
                refuse(
                    saw=f"{shown.where} has the {field} that the sender chose",
                    wants="a new number, and `submitted`",
                    look_at="src/proposals/schemas.py",
                )
    document = (await client.get("/openapi.json")).json()
    offered = sorted(set(chosen) & properties(document, body_of(document, PROPOSALS)).keys())
    expect_equal(offered, [], name="of those, the form of POST offers", wants="neither to be sent")


@pytest.mark.parametrize(("field", "value"), WRONG, ids=[f"{f}-{str(v)[:5]}" for f, v in WRONG])
async def test_what_does_not_fit_is_refused(
    client: AsyncClient, serve: Serve, field: str, value: object
) -> None:
    """What is too long, too short or not a number is a 422, and is kept nowhere."""
    wrong = ECG | {field: value}
    serve.expect(await client.post(PROPOSALS, json=wrong), 422, wants=SAME)
    serve.expect(await client.post(PARTNER, json=[ECG, wrong]), 422, wants=SAME)
    queue = (await client.get(QUEUE)).json()
    expect_equal(len(queue), 0, name="proposals that wait", wants="none of what was refused")


async def test_what_just_fits_is_taken(client: AsyncClient, serve: Serve) -> None:
    """The shortest and the longest that is allowed is allowed, by both ways."""
    for field, value in FITTING:
        body = ECG | {field: value}
        serve.expect(await client.post(PROPOSALS, json=body), 201, wants=SAME)
        serve.expect(await client.post(PARTNER, json=[body]), 201, wants=SAME)


async def test_each_proposal_stays_what_it_was(client: AsyncClient, serve: Serve) -> None:
    """Proposals have numbers of their own, in the order in which they came."""
    first = (await client.post(PROPOSALS, json=ECG)).json()
    numbers = (await client.post(PARTNER, json=[OTHER, ECG])).json()
    known = [first["proposal_id"], *numbers]
    expect_equal(len(set(known)), 3, name="numbers for three proposals", wants=SAME)
    expect_equal(first["status"], "submitted", name="the status", wants=SAME)
    shown = [(await client.get(f"{PROPOSALS}/{number}")).json() for number in known]
    expect_equal(shown[0], first, name="the first proposal", wants=SAME)
    titles = [ECG["title"], OTHER["title"], ECG["title"]]
    expect_equal([one["title"] for one in shown], titles, name="the titles", wants=SAME)
    queue = (await client.get(QUEUE)).json()
    expect_equal([one["title"] for one in queue], titles, name="the queue", wants=SAME)
    expect_equal((await client.post(PARTNER, json=[])).json(), [], name="no numbers", wants=SAME)


async def test_what_is_not_there_is_a_404(client: AsyncClient, serve: Serve) -> None:
    """A number that nobody has given is a 404."""
    serve.expect(await client.get(f"{PROPOSALS}/{NOBODYS}"), 404, wants=SAME)


class Shown(NamedTuple):
    """A proposal as some answer has it."""

    where: str
    values_: Values


async def sent_everywhere(client: AsyncClient, serve: Serve, sent: Values) -> list[Shown]:
    """Send a proposal by both ways, and return it from every answer that shows it."""
    answer = serve.expect(await client.post(PROPOSALS, json=sent), 201, wants=ARRIVES).json()
    shown = [Shown("the answer to POST", answer)]
    numbers = serve.expect(await client.post(PARTNER, json=[sent]), 201, wants=ARRIVES).json()
    for number, by in ((answer["proposal_id"], ""), (numbers[0], " of the partner's")):
        got = serve.expect(await client.get(f"{PROPOSALS}/{number}"), 200, wants=ARRIVES).json()
        shown.append(Shown(f"GET{by}", got))
    queue = serve.expect(await client.get(QUEUE), 200, wants=ARRIVES).json()
    if len(queue) < 2:
        refuse(saw=f"{len(queue)} in the queue, and two were sent", wants=ARRIVES)
    shown += [Shown("the queue", queue[-2]), Shown("the partner's in the queue", queue[-1])]
    return shown


async def follow(client: AsyncClient, serve: Serve, sent: Values, expected: Values) -> None:
    """Refuse unless what is sent arrives in every answer."""
    __tracebackhide__ = True
    for where, values in await sent_everywhere(client, serve, sent):
        seen = {field: values[field] for field in expected if field in values}
        expect_equal(seen, expected, name=where, wants=ARRIVES, look_at="src/")


async def try_the_new_field(client: AsyncClient, serve: Serve) -> None:
    """Refuse unless the field that was added is treated like the others."""
    for sent, value in (({ADDED: 12}, 12), ({ADDED: "7"}, 7), ({}, 0)):
        await follow(client, serve, ECG | sent, {ADDED: value})
    for url, body in ((PROPOSALS, ECG | {ADDED: "many"}), (PARTNER, [ECG | {ADDED: "many"}])):
        serve.expect(await client.post(url, json=body), 422, wants=ARRIVES)
    document = (await client.get("/openapi.json")).json()
    answer = content_of(document["paths"][PROPOSALS]["post"]["responses"]["201"])
    for what, schema in (("takes", body_of(document, PROPOSALS)), ("gives", answer)):
        if ADDED not in properties(document, schema):
            refuse(saw=f"it works, and OpenAPI does not say that POST {what} it", wants=ONE_LINE)


def body_of(document: Values, url: str) -> Values:
    return content_of(document["paths"][url]["post"]["requestBody"])


def content_of(part: Values) -> Values:
    schema: Values = part["content"]["application/json"]["schema"]
    return schema


def properties(document: Values, schema: Values) -> Values:
    """Return the fields of an object in the documentation."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Values = document["components"]["schemas"][name] if name else schema
    return dict(found.get("properties", {}))


@contextmanager
def watched() -> Iterator[dict[str, str]]:
    """Note the functions that are handed, or give, fields one by one: what they do -> where."""
    known = {it.__code__: it for module in modules() for it in functions(module)}
    found: dict[str, str] = {}
    seen: set[tuple[Function, str]] = set()

    def look(frame: FrameType, event: str, given: object) -> None:
        function = known.get(frame.f_code)
        if function is None or event not in {"call", "return"}:
            return
        does = handed(function, frame) if event == "call" else gives(function, given)
        if does and (function, event) not in seen:
            seen.add((function, event))
            place = f"{path_of(function.__module__)}:{frame.f_code.co_firstlineno}"
            found[f"{function.__qualname__} {does}"] = place

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def handed(function: Function, frame: FrameType) -> str:
    """Say which fields a function is handed loosely, if they are many."""
    given = [frame.f_locals[name] for name in parameters(function) if name in frame.f_locals]
    loose = fields_among(given)
    if len(loose) >= LOOSE:
        return f"is handed {', '.join(loose)} one by one"
    if owner_is_a_model(function):
        return ""
    for value in given:
        packed = fields_among(parts_of(value))
        if isinstance(value, str | bytes):
            packed = [name for name, field in ECG.items() if str(field) in str(value)]
        if len(packed) >= LOOSE:
            return f"is handed {len(packed)} fields in a {type(value).__name__}"
    return ""


def gives(function: Function, value: object) -> str:
    """Say how many fields a function gives loosely, if they are more than one."""
    if isinstance(value, list):
        rows = (gives(function, one) for one in value if not isinstance(one, list))
        return next((f"{row}, in a list" for row in rows if row), "")
    parts = parts_of(value)
    known = [one for one in parts if is_one_of(one, ECG.values()) or isinstance(one, UUID)]
    if len(known) < LOOSE - 1 or owner_is_a_model(function):
        return ""
    return f"gives a {type(value).__name__} of {len(parts)} values"


def parameters(function: Function) -> tuple[str, ...]:
    """Return the names of all parameters, `*` and `**` among them."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    count += sum(
        bool(code.co_flags & flag) for flag in (inspect.CO_VARARGS, inspect.CO_VARKEYWORDS)
    )
    return code.co_varnames[:count]


def parts_of(value: object) -> list[object]:
    """Return what is packed together without a class of its own: in a tuple, a list or a dict."""
    packed: list[object] = []
    if isinstance(value, Mapping):
        packed = list(value.values())
    elif isinstance(value, list | set | frozenset | MappingView) or type(value) is tuple:
        packed = list(value)
    elif isinstance(value, SimpleNamespace):
        packed = list(vars(value).values())
    return packed + [part for one in packed for part in parts_of(one)]


def fields_among(values: list[object]) -> list[str]:
    return [name for name, value in ECG.items() if any(is_one_of(it, [value]) for it in values)]


def is_one_of(value: object, known: Any) -> bool:
    return type(value) in (str, int) and value in known


def owner_is_a_model(function: Function) -> bool:
    """Return whether a function belongs to a model, which may know how its fields are packed."""
    owner = vars(sys.modules[function.__module__]).get(function.__qualname__.partition(".")[0])
    if inspect.isclass(owner) and issubclass(owner, BaseModel):
        return True
    names = {name for one in getattr(owner, "__mro__", ()) for name in vars(one).get(FIELDS, ())}
    return len(names & ECG.keys()) >= LOOSE


def modules() -> Iterator[ModuleType]:
    """Yield the modules of the slice."""
    for path in sorted(HERE.glob("src/**/*.py")):
        if path.name != "__init__.py":
            yield importlib.import_module(".".join(path.relative_to(HERE).with_suffix("").parts))


def functions(module: ModuleType) -> Iterator[Function]:
    """Yield the functions and methods of a module that others may call."""
    for owner in (module, *(it for it in vars(module).values() if inspect.isclass(it))):
        for name, function in vars(owner).items():
            plain = getattr(function, "__func__", function)
            if name.startswith("_") and name not in {"__init__", "__call__"}:
                continue
            if inspect.isfunction(plain) and plain.__code__.co_filename == module.__file__:
                yield plain


def classes() -> Iterator[Place]:
    """Yield the classes of the slice that have fields."""
    for path in sorted(HERE.glob("src/**/*.py")):
        module = ".".join(path.relative_to(HERE).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and has_fields(node):
                yield Place(module, node.name, node.lineno)


def has_fields(node: ast.ClassDef) -> bool:
    is_state = any(ast.unparse(base).endswith("TypedDict") for base in node.bases)
    return not is_state and any(isinstance(one, ast.AnnAssign) for one in node.body)


@asynccontextmanager
async def shop(serve: Serve) -> AsyncIterator[AsyncClient]:
    """Serve an app of the slice, as it is imported now."""
    async with serve(importlib.import_module("src.main").create_app()) as client:
        yield client


@contextmanager
def imported_with(place: Place) -> Iterator[None]:
    """Let the slice be imported anew, with a field more in a class, and bring back the old one."""

    class Changed(SourceFileLoader):
        def get_code(self, _: str) -> CodeType:
            return with_a_field(place)

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> ModuleSpec | None:
            if name != place.module:
                return None
            path = str(HERE / path_of(name))
            return spec_from_file_location(name, path, loader=Changed(name, path))

    before = {name: sys.modules.pop(name) for name in list(sys.modules) if is_ours(name)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
        try:
            yield
        finally:
            for name in filter(is_ours, list(sys.modules)):
                del sys.modules[name]
            sys.modules.update(before)


def with_a_field(place: Place) -> CodeType:
    """Return the code of a module in which a class has one field more."""
    path = HERE / path_of(place.module)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == place.name:
            node.body += ast.parse(f"{ADDED}: int = 0").body
    return compile(tree, str(path), "exec")


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "src"


def path_of(module: str) -> str:
    """Return the path of a module's file."""
    return f"{module.replace('.', '/')}.py"
