"""What a purchase costs is said once, and whoever changes it has changed it everywhere."""

import ast
import builtins
import copy
import dataclasses
import enum
import importlib
import inspect
import re
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import product
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple, TypeAlias

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient
from pydantic import BaseModel

HERE = Path(__file__).parent
COURSES: dict[str, dict[str, Any]] = {
    "spirometry": {
        "title": "Spirometry without fear",
        "price_paise": 33_313,
        "promo_codes": {"LUCKNOW27": 27, "MONSOON8": 8, "NASHIK30": 30},
    },
    "fracture-clinic": {
        "title": "Fracture clinic",
        "price_paise": 249_950,
        "promo_codes": {"PUNE15": 15, "ALL": 100},
    },
    "hand-washing": {"title": "Hand washing", "price_paise": 0, "promo_codes": {}},
}
PRICE = "the price, by the four rules of README.md, for whoever asks"
PLACE = "each part of the rule in one place: whoever changes it there has changed every price"
HOLDS = "a class for data, or for what is given to it when it is made; else a function"
SAME = "the answer as before"
OWN = "each app sells the courses that it was given"
INSTEAD_OF, WHAT_GOES_IN = "its first argument for", "what goes in for"
SHOWN = 3
NUMBER = re.compile(r"\d+(\.\d+)?")
GUARD = 400  # changes tried; only against a slice that has grown out of all bounds


class Buy(NamedTuple):
    slug: str
    seats: int
    promo_code: str | None = None

    def __str__(self) -> str:
        code = f" with {self.promo_code}" if self.promo_code else ""
        return f"{self.seats} of {self.slug}{code}"


class Change(NamedTuple):
    """One number, sign or call of the slice, and what stands there instead."""

    file: str
    line: int
    words: str
    code: CodeType
    is_call: bool


SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=",
}  # fmt: skip
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Lt: ast.Gt, ast.LtE: ast.GtE,
}  # fmt: skip

Part: TypeAlias = ast.expr | ast.stmt
Prices: TypeAlias = dict[str, dict[Buy, int]]
"""What each route asks for each purchase."""

TELLING = [
    Buy("spirometry", 1, "NOBODY"),
    Buy("spirometry", 1, "lucknow27"),
    Buy("spirometry", 5, "MONSOON8"),
    Buy("spirometry", 20),
]
ROUTES = ("the price", "the quote", "the order")


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with shop(serve, COURSES) as client:
        yield client


@pytest.mark.guideline("L11")
async def test_a_purchase_has_one_price(client: AsyncClient) -> None:
    """The page, the quote and the payment ask the same for the same seats, as the rules say."""
    buys = [
        Buy(slug, seats, code)
        for slug, seats in product(COURSES, (1, 2, 4, 5, 6, 19, 20, 21, 200))
        for code in codes_for(slug)
    ]
    wrong: dict[str, list[str]] = {}
    for route, prices in (await prices_of(client, buys)).items():
        for buy in buys:
            if prices.get(buy) != by_the_rules(buy):
                seen = f"{prices[buy]} paise, not" if buy in prices else "refused, instead of"
                asked = f"{route} of {buy} is {seen} {by_the_rules(buy)}"
                wrong.setdefault(route, []).append(asked)
    if wrong:
        kinds = [f"{found[0]} ({len(found)} like it)" for found in wrong.values()]
        refuse(saw="\n".join(kinds), wants=PRICE, look_at="src/")


@pytest.mark.guideline("L11")
async def test_a_change_in_one_place_changes_every_price(serve: Serve) -> None:
    """Whatever number, sign or call of the slice is changed: it changes the price for all who
    ask, or for none."""
    before = await prices_when(serve, None)
    if before is None:
        saw = "one of the purchases is refused, so there is no price to compare"
        refuse(saw=saw, wants=PRICE, look_at="src/")
    found: dict[str, str] = {}
    places: list[str] = []
    calls: dict[str, str] = {}
    is_about_prices = False
    for change in changes():
        after = await prices_when(serve, change)
        if not after or change.file in found:
            continue
        moved = {route: changed(before[route], after[route]) for route in ROUTES}
        is_about_prices |= any(moved.values())
        if moved["the price"] == moved["the quote"] == moved["the order"]:
            continue
        asking = "".join(route for route in ROUTES if moved[route])
        if change.is_call and calls.setdefault(asking, change.words) == change.words:
            continue  # the one call by which whoever asks gets the price
        places.append(f"{change.file}:{change.line}")
        found[change.file] = f"{places[-1]}, with {change.words} there: {told(moved)}"
        if len(found) == SHOWN:
            break
    if found:
        refuse(saw="\n".join(found.values()), wants=PLACE, look_at=", ".join(places))
    if not is_about_prices:
        refuse(saw="nothing in src/ that can be changed has to do with a price", wants=PLACE)


@pytest.mark.guideline("L9")
def test_a_class_holds_something() -> None:
    """A class is there for what it holds; where there is nothing to hold, functions do."""
    empty = [one for one in classes() if functions_of(one) and holds_nothing(one)]
    if empty:
        refuse(
            saw="\n".join(
                f"{one.__module__}.{one.__qualname__} holds nothing, and has "
                f"{', '.join(functions_of(one))}"
                for one in empty
            ),
            wants=HOLDS,
            look_at=", ".join(dict.fromkeys(path_of(one.__module__) for one in empty)),
        )


async def test_the_instructor_gets_what_the_contract_says(client: AsyncClient) -> None:
    """Of what is paid 70 % are the instructor's, and what is left over of a paisa is not."""
    for buy in (
        Buy("spirometry", 1, "LUCKNOW27"),
        Buy("spirometry", 4),
        Buy("spirometry", 7),
        Buy("fracture-clinic", 1, "PUNE15"),
        Buy("fracture-clinic", 1, "ALL"),
    ):
        order = (await ask(client, "the order", buy)).json()
        share = order["amount_paise"] * 70 // 100
        expect_equal(
            order["instructor_paise"],
            share,
            name=f"the instructor's part of {order['amount_paise']} paise",
            wants="70 %, rounded down: this is the contract, and no price",
        )


async def test_an_answer_says_what_it_said(client: AsyncClient) -> None:
    """Besides the price each answer has the fields that its readers know."""
    known = {
        "the price": {"slug": "spirometry", "seats": 2, "total_paise": 66_626},
        "the quote": {
            "course": "Spirometry without fear",
            "seats": 2,
            "total_paise": 66_626,
            "valid_days": 30,
        },
        "the order": {
            "slug": "spirometry",
            "seats": 2,
            "amount_paise": 66_626,
            "instructor_paise": 46_638,
            "currency": "INR",
        },
    }
    for route, answer in known.items():
        response = await ask(client, route, Buy("spirometry", 2))
        expect_equal(response.json(), answer, name=route, wants=SAME)
        status = 200 if route == "the price" else 201
        expect_equal(response.status_code, status, name=f"the status of {route}", wants=SAME)


@pytest.mark.parametrize("route", ROUTES)
async def test_what_cannot_be_bought_is_refused(
    client: AsyncClient, serve: Serve, route: str
) -> None:
    """No such course is a 404, and so many seats, or none, are a 422."""
    for buy, status in (
        (Buy("palmistry", 1), 404),
        (Buy("spirometry", 0), 422),
        (Buy("spirometry", 201), 422),
    ):
        serve.expect(await ask(client, route, buy), status, wants=SAME)


async def test_each_app_sells_its_own_courses(client: AsyncClient, serve: Serve) -> None:
    """The courses are those that the app was given, whatever other app there is."""
    buy = Buy("spirometry", 1)
    async with shop(
        serve, {"spirometry": COURSES["spirometry"] | {"price_paise": 50_000}}
    ) as other:
        for one, price in ((client, 33_313), (other, 50_000)):
            for route, prices in (await prices_of(one, [buy])).items():
                name = f"{route} in a shop that sells it for {price}"
                expect_equal(prices.get(buy), price, name=name, wants=OWN)
        for route in ROUTES:
            response = await ask(other, route, Buy("fracture-clinic", 1))
            serve.expect(response, 404, wants=OWN)


def by_the_rules(buy: Buy) -> int:
    """Return what a purchase costs, in paise."""
    course = COURSES[buy.slug]
    group = 25 if buy.seats >= 20 else 10 if buy.seats >= 5 else 0
    promo = course["promo_codes"].get((buy.promo_code or "").upper(), 0)
    hundredths: int = course["price_paise"] * buy.seats * (100 - max(group, promo))
    return (hundredths + 50) // 100


def codes_for(slug: str) -> list[str | None]:
    """Return what may be typed as a promo code: none, those of the course in any case, others."""
    own = [kind for code in COURSES[slug]["promo_codes"] for kind in (code, code.lower())]
    return [None, *own, "NOBODY", "PUNE15", "Monsoon8"]


@asynccontextmanager
async def shop(serve: Serve, courses: dict[str, dict[str, Any]]) -> AsyncIterator[AsyncClient]:
    """Serve an app of the slice, as it is imported now, that sells these courses."""
    course = importlib.import_module("src.courses.schemas").Course
    given = [course(slug=slug, **rest) for slug, rest in courses.items()]
    async with serve(importlib.import_module("src.main").create_app(given)) as client:
        yield client


async def ask(client: AsyncClient, route: str, buy: Buy) -> Any:
    wish: dict[str, Any] = {"seats": buy.seats}
    if buy.promo_code:
        wish["promo_code"] = buy.promo_code
    url = f"/api/v1/courses/{buy.slug}"
    if route == "the price":
        return await client.get(f"{url}/price", params=wish)
    return await client.post(f"{url}/{route.removeprefix('the ')}s", json=wish)


async def prices_of(client: AsyncClient, buys: Iterable[Buy]) -> Prices:
    """Return what each route asks; a purchase that is refused is left out."""
    prices: Prices = {route: {} for route in ROUTES}
    for route, buy in product(ROUTES, buys):
        response = await ask(client, route, buy)
        if response.is_success:
            answer = response.json()
            prices[route][buy] = answer.get("amount_paise", answer.get("total_paise"))
    return prices


async def prices_when(serve: Serve, change: Change | None) -> Prices | None:
    """Return the prices with one change in the slice, or None where it cannot run with it."""
    with imported_with(change):
        try:
            async with shop(serve, {"spirometry": COURSES["spirometry"]}) as client:
                prices = await prices_of(client, TELLING)
        except Exception:  # noqa: BLE001 - changed code may raise anything
            return None
        finally:
            serve.errors.clear()  # of a slice that is not the learner's
    return prices if all(len(asked) == len(TELLING) for asked in prices.values()) else None


def changed(before: dict[Buy, int], after: dict[Buy, int]) -> list[Buy]:
    return [buy for buy in TELLING if before[buy] != after[buy]]


def told(moved: dict[str, list[Buy]]) -> str:
    """Say whose price has changed, and whose has not."""
    changed_ = " and ".join(route for route in ROUTES if moved[route])
    stayed = " and ".join(route for route in ROUTES if not moved[route])
    return f"{changed_} changed, {stayed} did not" if stayed else "each changed for others"


@contextmanager
def imported_with(change: Change | None) -> Iterator[None]:
    """Let the slice be imported anew, with one change in it, and the old modules come back."""

    class Changed(SourceFileLoader):
        def get_code(self, _: str) -> CodeType:
            assert change
            return change.code

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> ModuleSpec | None:
            if change is None or path_of(name) != change.file:
                return None
            path = str(HERE / change.file)
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


def changes() -> Iterator[Change]:
    """Yield the slice with one thing changed in it, again and again."""
    count = 0
    for path in sorted(HERE.glob("src/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node, other, words in sorted(alternatives(tree), key=numbers_first):
            with put_into(tree, node, other):
                code = compile(ast.fix_missing_locations(tree), str(path), "exec")
            file, is_call = path.relative_to(HERE).as_posix(), words.startswith(INSTEAD_OF)
            yield Change(file, node.lineno, words, code, is_call)
            count += 1
            if count == GUARD:
                return


def alternatives(tree: ast.AST) -> Iterator[tuple[Part, Part, str]]:
    """Yield each part of a calculation, something like it, and what has been changed in words."""
    positions = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant() if id(node) not in positions:
                yield from other_values(node)
            case ast.Call():
                yield from other_calls(node)
            case ast.BinOp(op=sign) | ast.AugAssign(op=sign) if type(sign) in TURNED:
                yield node, with_(node, op=TURNED[type(sign)]()), turned(sign)
            case ast.Compare(ops=[sign, *rest]) if type(sign) in TURNED:
                yield node, with_(node, ops=[TURNED[type(sign)](), *rest]), turned(sign)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name.startswith("ROUND_"):
                yield node, ast.Constant("ROUND_DOWN"), f"ROUND_DOWN for {name}"


def other_values(node: ast.Constant) -> Iterator[tuple[Part, Part, str]]:
    """Yield what may stand for a number, or for the name of a way to round."""
    match node.value:
        case int() | float() as number if not isinstance(number, bool):
            yield node, ast.Constant(number + 1), f"{number + 1} for {number}"
        case str() as text if NUMBER.fullmatch(text):
            more = str(Decimal(text) + 1)
            yield node, ast.Constant(more), f"{more!r} for {text!r}"
        case str() as text if text.startswith("ROUND_"):
            yield node, ast.Constant("ROUND_DOWN"), f"'ROUND_DOWN' for {text!r}"


def other_calls(node: ast.Call) -> Iterator[tuple[Part, Part, str]]:
    """Yield what may stand for a call: another one, or what goes in."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    match node.func:
        case ast.Name(id="max" | "min" as name):
            other = "min" if name == "max" else "max"
            yield node, with_(node, func=ast.Name(other, ast.Load())), f"{other} for {name}"
        case ast.Attribute(value=text, attr=name) if not given:
            yield node, text, f"nothing for .{name}()"
        case ast.Name(id=name) | ast.Attribute(attr=name) if given and name.islower():
            words = WHAT_GOES_IN if asks(given[0]) else INSTEAD_OF
            yield node, given[0], f"{words} {name}()"


def asks(argument: ast.expr) -> bool:
    """Return whether another function of the slice is asked for an argument: then it is a step."""
    called = [
        node.func
        for node in ast.walk(argument)
        if isinstance(node, ast.Call) and (node.args or node.keywords)
    ]
    names = [ast.unparse(function).rpartition(".")[2] for function in called]
    return any(name.islower() and not hasattr(builtins, name) for name in names)


def numbers_first(one: tuple[Part, Part, str]) -> tuple[bool, int, int]:
    return not isinstance(one[0], ast.Constant), one[0].lineno, one[0].col_offset


def turned(sign: ast.AST) -> str:
    return f"{SIGNS[TURNED[type(sign)]]} for {SIGNS[type(sign)]}"


def with_(node: Part, **parts: object) -> Part:
    other = copy.copy(node)
    for name, part in parts.items():
        setattr(other, name, part)
    return other


@contextmanager
def put_into(tree: ast.AST, node: Part, other: Part) -> Iterator[None]:
    """Let another part stand in the place of one."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
                yield
                setattr(parent, field, node)
                return
            if isinstance(value, list) and any(one is node for one in value):
                place = next(index for index, one in enumerate(value) if one is node)
                value[place] = other
                yield
                value[place] = node
                return
    yield


def classes() -> Iterator[type]:
    """Yield the classes that the slice defines."""
    for path in sorted(HERE.glob("src/**/*.py")):
        if path.name != "__init__.py":
            name = ".".join(path.relative_to(HERE).with_suffix("").parts)
            for one in vars(importlib.import_module(name)).values():
                if inspect.isclass(one) and one.__module__ == name:
                    yield one


def functions_of(one: type) -> list[str]:
    """Return the names of what a class of the slice can do, but for how it is made."""
    return [
        name
        for owner in one.__mro__
        if is_ours(owner.__module__)
        for name, value in vars(owner).items()
        if inspect.isfunction(getattr(value, "__func__", value))
        and is_ours(getattr(value, "__func__", value).__module__)
        and name != "__init__"
    ]


def holds_nothing(one: type) -> bool:
    """Return whether a class has no fields, and is given nothing when it is made."""
    if issubclass(one, BaseModel):
        return not (one.model_fields or one.model_computed_fields)
    if dataclasses.is_dataclass(one):
        return not dataclasses.fields(one)
    values = tuple | dict | list | set | frozenset | str | int | float | Decimal
    if issubclass(one, values | enum.Enum | BaseException) or inspect.isabstract(one):
        return False
    if getattr(one, "_is_protocol", False):
        return False
    return not (given_to(one) or kept_by(one))


def kept_by(one: type) -> list[str]:
    """Return the names of the data that a class has, or that one of it has once it is made."""
    kept = [
        name
        for owner in one.__mro__
        if is_ours(owner.__module__)
        for name, value in vars(owner).items()
        if not (name.startswith("__") or callable(value) or hasattr(value, "__get__"))
    ]
    try:
        return [*kept, *vars(one())]
    except Exception:  # noqa: BLE001 - the class is the learner's
        return kept


def given_to(one: type) -> list[str]:
    """Return the names of what a class is given when one of it is made."""
    made = vars(one).get("__init__") or next(
        (vars(owner)["__init__"] for owner in one.__mro__ if "__init__" in vars(owner)), None
    )
    return list(inspect.signature(made).parameters)[1:] if inspect.isfunction(made) else []


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "src"


def path_of(module: str) -> str:
    """Return the path of a module's file."""
    return f"{module.replace('.', '/')}.py"
