"""What holds for every form is said once, and a form has it by inheritance."""

import copy
import typing
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal, show
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient, Response
from pydantic import BaseModel, Field, ValidationError, create_model

from seed import ASHA, ROHAN, seed
from src.main import create_app

Form: TypeAlias = dict[str, Any]

DIRECTORY = "/api/v1/users"
ROUTES = {"profile": ("PUT", f"{DIRECTORY}/me"), "post": ("POST", "/api/v1/posts")}
TAKEN = {"profile": 200, "post": 201}
SCHEMAS = {"profile": "src/users/schemas.py", "post": "src/posts/schemas.py"}
AS_ASHA = {"X-User-Id": ASHA["user_id"]}

NO_BLANKS = "text without the blanks at its ends, in every form"
NO_STRANGERS = "422 for a field that a form does not have, and nothing stored"
BY_INHERITANCE = "a base of all forms, from which the next one gets both"

PROFILE: Form = {"full_name": "Dr. Asha M. Menon", "city": "Pune", "bio": "Hearts."}
POST: Form = {
    "title": "Reading a wide QRS at 3 a.m.",
    "body": "Look at **V1** first.",
    "visibility": "VERIFIED_ONLY",
    "hashtags": ["ecg", "arrhythmia"],
    "links": [{"label": "The strip", "path": "/media/81"}, {"label": "More", "path": "/posts/7"}],
}
WHOLE: dict[str, Form] = {"profile": PROFILE, "post": POST}
LEFT_OUT: dict[str, tuple[Form, Form]] = {
    "profile": ({"full_name": "A"}, {"city": "", "bio": ""}),
    "post": (
        {"body": "B"},
        {"title": "", "visibility": "PUBLIC", "hashtags": [], "links": []},
    ),
}
BLANKS = (" ", "\t", "\r\n", "\u00a0")
MARKDOWN = {
    "code": "    dose_mg = 15 * weight_kg\n    dose_mg = min(dose_mg, 750)",
    "a hard line break": "Two blanks at the end of a line break it.  ",
    "empty lines": "\n\nThe strip comes first.\n",
    "nothing but blanks": "   ",
}


@dataclass(frozen=True)
class Place:
    """Where a value is in a form: its keys and indices, from the outside in."""

    form: str
    keys: tuple[str | int, ...]

    def __str__(self) -> str:
        first, *more = self.keys
        inner = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in more)
        return f"{first}{inner}"

    def of(self, body: Form) -> Any:
        """Return what is there."""
        value: Any = body
        for key in self.keys:
            value = value[key]
        return value

    def filled(self, value: object) -> Form:
        """Return the whole form with another value here."""
        form = copy.deepcopy(WHOLE[self.form])
        inner: Any = form
        for key in self.keys[:-1]:
            inner = inner[key]
        inner[self.keys[-1]] = value
        return form


TEXTS = (
    Place("profile", ("full_name",)),
    Place("profile", ("city",)),
    Place("profile", ("bio",)),
    Place("post", ("title",)),
    Place("post", ("hashtags", 1)),
    Place("post", ("links", 1, "label")),
    Place("post", ("links", 1, "path")),
)
NOT_EMPTY = (TEXTS[0], *TEXTS[4:])
MAY_BE_EMPTY = TEXTS[1:4]
SMALLEST: dict[str, Form] = {
    "profile": {"full_name": "A"},
    "post": {"body": "B", "hashtags": ["c"], "links": [{"label": "D", "path": "/e"}]},
}
LARGEST: dict[str, Form] = {
    "profile": {"full_name": "x" * 150, "city": "x" * 100, "bio": "x" * 2000},
    "post": {
        "title": "x" * 300,
        "body": "x" * 5000,
        "hashtags": ["x" * 50] * 30,
        "links": [{"label": "x" * 100, "path": "/" + "x" * 199}] * 10,
    },
}
LONGEST = {"full_name": 150, "city": 100, "bio": 2000, "title": 300, "hashtags[1]": 50}
STRANGERS = (
    Place("profile", ("citty",)),
    Place("post", ("visibilty",)),
    Place("post", ("author_id",)),
    Place("post", ("links", 1, "lable")),
)
OUTSIDE: dict[Place, list[Any]] = {
    Place("profile", ("full_name",)): ["", "x" * 151, None],
    Place("profile", ("city",)): ["x" * 101, None],
    Place("profile", ("bio",)): ["x" * 2001],
    Place("post", ("title",)): ["x" * 301, 7],
    Place("post", ("body",)): ["", "x" * 5001, "x" * 4990 + " " * 11],
    Place("post", ("visibility",)): ["EVERYBODY", ""],
    Place("post", ("hashtags",)): [["x" * 51], [""], ["x"] * 31, "ecg"],
    Place("post", ("links",)): [
        [{"label": "A"}],
        [{"path": "/a"}],
        [*POST["links"]] * 5 + POST["links"][:1],
    ],
    Place("post", ("links", 1, "path")): ["posts/7", "/posts/7?x=1", "/" + "x" * 200],
    Place("post", ("links", 1, "label")): ["", "x" * 101],
}


class Api:
    """Sends forms as Asha, and says what was wrong with the answers."""

    def __init__(self, client: AsyncClient, postgres: PostgresDatabase, serve: Serve) -> None:
        self._client = client
        self._postgres = postgres
        self._serve = serve

    async def send(self, form: str, body: Form) -> Response:
        """Send a form."""
        method, path = ROUTES[form]
        return await self._client.request(method, path, json=body, headers=AS_ASHA)

    async def list_doctors(self, **query: str) -> Response:
        """Ask for the directory."""
        return await self._client.get(DIRECTORY, params=query)

    async def takes(self, form: str, body: Form, expected: Form, *, wants: str) -> None:
        """Demand that a form is taken, and that this is what it made."""
        __tracebackhide__ = True
        response = await self.send(form, body)
        if response.status_code == 422:
            problems = response.json()["error"]["details"]
            saw = [f"422 for {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems]
            refuse(saw="\n".join(saw), wants=wants, look_at=SCHEMAS[form])
        answer = self._serve.expect(response, TAKEN[form], wants=wants).json()
        seen = {name: answer[name] for name in expected}
        expect_equal(seen, expected, name=f"the {form}", wants=wants, look_at=SCHEMAS[form])

    async def keeps_blanks(self, place: Place) -> str:
        """Return what a form makes of a text with blanks around it, or nothing if they go."""
        __tracebackhide__ = True
        text = place.of(WHOLE[place.form])
        for blanks in BLANKS:
            answer = await self.send(place.form, place.filled(f"{blanks}{text}{blanks}"))
            if answer.status_code == 422:
                return f"422 for a {place.form} with {show(blanks)} around {place}"
            body = self._serve.expect(answer, TAKEN[place.form], wants=NO_BLANKS).json()
            if place.of(body) != text:
                return f"a {place.form} with {place} = {show(place.of(body))}"
        return ""

    async def refuses(self, forms: list[tuple[Place, object]], *, wants: str) -> None:
        """Demand a 422 for each place with its value, and that nothing is stored."""
        __tracebackhide__ = True
        taken, where = [], ""
        for place, value in forms:
            status = (await self.send(place.form, place.filled(value))).status_code
            if status != 422:
                taken.append(f"{status} for a {place.form} with {place} = {show(value)}")
                where = where or SCHEMAS[place.form]
        if taken:
            more = [f"and {len(taken) - 6} more"] if len(taken) > 6 else []
            refuse(saw=lines(*taken[:6], *more), wants=wants, look_at=where)
        posts = await self._postgres.fetchval("SELECT count(*) FROM posts")
        expect_equal(posts, 0, name="the number of posts", wants="a refusal that stores nothing")
        found = self._serve.expect(await self.list_doctors(), 200, wants="the directory")
        doctors = found.json()["items"]
        expect_equal(doctors, [ASHA, ROHAN], name="items", wants="a refusal that stores nothing")


@pytest.fixture
async def api(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[Api]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield Api(client, postgres, serve)


@pytest.mark.guideline("L31")
async def test_blanks_at_the_ends_go(api: Api) -> None:
    """Text is stored without the blanks around it, wherever in a form it stands."""
    kept = {place: why for place in TEXTS if (why := await api.keeps_blanks(place))}
    if kept:
        where = SCHEMAS[next(iter(kept)).form]
        refuse(saw=lines(*kept.values()), wants=NO_BLANKS, look_at=where)


@pytest.mark.guideline("L31")
async def test_blanks_are_no_text(api: Api) -> None:
    """Length is counted without the blanks, so a name of three blanks is no name."""
    wants = "422 for blanks where there must be a text: they count for nothing"
    await api.refuses([(place, " \t ") for place in NOT_EMPTY], wants=wants)


@pytest.mark.guideline("L31")
async def test_blanks_do_not_make_a_text_too_long(api: Api) -> None:
    """The longest text fits with blanks around it, as they are gone before it is measured."""
    for place in TEXTS[:5]:
        longest = "x" * LONGEST[str(place)]
        body, expected = place.filled(f"  {longest}  "), place.filled(longest)
        wants = f"{place} of {len(longest)} characters, the blanks around it not counted"
        await api.takes(place.form, body, expected, wants=wants)


@pytest.mark.guideline("L31")
async def test_a_field_that_does_not_exist_is_refused(api: Api) -> None:
    """A misspelt field is not passed over in silence, also inside of a list."""
    strangers: list[tuple[Place, object]] = [(place, "FOLLOWERS_ONLY") for place in STRANGERS]
    await api.refuses(strangers, wants=NO_STRANGERS)


@pytest.mark.guideline("L31")
async def test_a_question_has_the_same_rules(api: Api, serve: Serve) -> None:
    """What stands in the address is a form, too."""
    for blanks in BLANKS:
        wants = "the doctors of Kochi, with or without blanks around the name"
        found = serve.expect(
            await api.list_doctors(city=f"{blanks}Kochi{blanks}"), 200, wants=wants
        )
        expect_equal(found.json()["items"], [ASHA], name="items", wants=wants)
    wants = "422 for a field that the question does not have: whoever asks for `citty` gets no list"
    serve.expect(await api.list_doctors(citty="Kochi"), 422, wants=wants)


@pytest.mark.guideline("L31")
def test_the_next_form_has_the_same_rules() -> None:
    """A form that nobody has written yet has both, because it inherits what the others inherit."""
    forms = set(forms_of_the_routes())
    if not forms:
        refuse(saw="no route takes a Pydantic model", wants=BY_INHERITANCE)
    mine = {form: set(form.__mro__) - set(BaseModel.__mro__) - {form} for form in forms}
    shared = set.intersection(*mine.values())
    if not shared:
        common = Counter(base for bases in mine.values() for base in bases).most_common(1)
        base = common[0][0] if common and common[0][1] > 1 else BaseModel
        without = sorted(
            (form for form, bases in mine.items() if base not in bases),
            key=lambda form: form.__name__,
        )
        names = ", ".join(form.__name__ for form in without)
        saw = f"no base of this project is in {names}"
        if base is not BaseModel:
            saw = f"{base.__name__} is in all forms but {names}"
        refuse(saw=saw, wants=BY_INHERITANCE, look_at=file_of(without[0]))
    missing = {base.__name__: what_is_missing(base) for base in shared}
    if all(missing.values()):
        saw = [f"the next form that inherits {base} {why}" for base, why in missing.items()]
        refuse(saw="\n".join(saw), wants=BY_INHERITANCE)


@pytest.mark.parametrize("body", MARKDOWN.values(), ids=MARKDOWN)
async def test_markdown_is_kept_to_the_letter(
    api: Api, postgres: PostgresDatabase, serve: Serve, body: str
) -> None:
    """Four blanks at the beginning of a line are code, two at the end are a line break."""
    wants = "a body to the letter, stored and shown: in Markdown blanks mean something"
    answer = serve.expect(await api.send("post", POST | {"body": body}), 201, wants=wants)
    stored = await postgres.fetchval("SELECT body FROM posts")
    where = SCHEMAS["post"]
    expect_equal(stored, body, name="the stored body", wants=wants, look_at=where)
    name = "what is stored is right, and body in the answer"
    expect_equal(answer.json()["body"], body, name=name, wants=wants, look_at=where)


async def test_blanks_inside_of_a_text_stay(api: Api) -> None:
    """Between two words there may be more than one."""
    for place in TEXTS[:5]:
        form = place.filled("two  blanks,\tone tab")
        await api.takes(place.form, form, form, wants="the inside of a text as it is")


async def test_what_may_be_empty_may_be_empty(api: Api) -> None:
    """An empty text empties a field."""
    for place in MAY_BE_EMPTY:
        form = place.filled("")
        await api.takes(place.form, form, form, wants=f"an empty {place} is taken as before")


@pytest.mark.parametrize("form", LEFT_OUT)
async def test_what_may_be_left_out_may_be_left_out(api: Api, form: str) -> None:
    """The shortest form has the defaults of before."""
    shortest, defaults = LEFT_OUT[form]
    wants = "what may be left out today may still be left out"
    await api.takes(form, shortest, shortest | defaults, wants=wants)


async def test_what_does_not_fit_is_refused_as_before(api: Api) -> None:
    """The bounds of a field stay."""
    wrong = [(place, value) for place, values in OUTSIDE.items() for value in values]
    await api.refuses(wrong, wants="422 for what does not fit")


async def test_what_is_stored_is_shown(api: Api, postgres: PostgresDatabase, serve: Serve) -> None:
    """Rows are older than rules: the doctor without a name is shown as he is stored."""
    old = {"full_name": "   ", "city": "Goa ", "bio": "    code"}
    await postgres.execute(
        "INSERT INTO users (id, full_name, city, bio) VALUES (gen_random_uuid(), $1, $2, $3)",
        *old.values(),
    )
    wants = "every doctor in the directory, as stored"
    found = serve.expect(await api.list_doctors(), 200, wants=wants).json()["items"]
    shown = {name: found[0][name] for name in old}
    expect_equal(shown, old, name="the first doctor", wants=wants, look_at=SCHEMAS["profile"])


async def test_what_fits_is_taken_as_before(api: Api) -> None:
    """The smallest form and the largest are within the bounds."""
    for form in WHOLE:
        for body in (SMALLEST[form], LARGEST[form]):
            await api.takes(form, body, body, wants="what fits is taken")


async def test_a_whole_form_is_taken_as_it_is(api: Api, serve: Serve) -> None:
    """What is right already stays as it is, and the directory shows it."""
    for form, body in WHOLE.items():
        await api.takes(form, body, body, wants="a form without blanks and strangers is taken")
    wants = "the profile as it was sent, found by its city"
    found = serve.expect(await api.list_doctors(city="Pune", limit="1"), 200, wants=wants)
    expect_equal(found.json()["items"], [ASHA | PROFILE], name="items", wants=wants)
    every = serve.expect(await api.list_doctors(), 200, wants="every doctor").json()["items"]
    expect_equal(every, [ASHA | PROFILE, ROHAN], name="items", wants="every doctor")


async def test_the_bounds_of_a_question_stay(
    api: Api, postgres: PostgresDatabase, serve: Serve
) -> None:
    """It is answered with 20 doctors where nothing else is asked for, and with at most 100."""
    await postgres.execute(
        "INSERT INTO users (id, full_name, city, bio)"
        " SELECT gen_random_uuid(), 'Dr. ' || n, 'Pune', '' FROM generate_series(1, 100) n"
    )
    wants = "20 doctors, and at most 100"
    for query, count in ({}, 20), ({"limit": "1"}, 1), ({"limit": "100"}, 100):
        found = serve.expect(await api.list_doctors(**query), 200, wants=wants).json()["items"]
        expect_equal(len(found), count, name=f"the number of doctors for {query}", wants=wants)
    serve.expect(await api.list_doctors(city="x" * 100), 200, wants="a city of 100 characters")
    for wrong in ({"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"city": "x" * 101}):
        serve.expect(await api.list_doctors(**wrong), 422, wants=f"422 for {wrong}")


def forms_of_the_routes() -> Iterator[type[BaseModel]]:
    """Yield the models that the routes take, and those inside of them."""
    for one in iter_route_contexts(create_app().routes):
        if one.path and one.path.startswith("/api/v1"):
            hints = typing.get_type_hints(one.endpoint)
            hints.pop("return", None)
            for hint in hints.values():
                yield from models_in(hint)


def models_in(hint: object) -> Iterator[type[BaseModel]]:
    """Yield the models of a type, as deep as there are any."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
        for field in hint.model_fields.values():
            yield from models_in(field.annotation)
    for part in typing.get_args(hint):
        yield from models_in(part)


def what_is_missing(base: type) -> str:
    """Return what a form that is written tomorrow does not have of the rules, or nothing."""
    bases: Any = base if issubclass(base, BaseModel) else (base, BaseModel)
    text = typing.Annotated[str, Field(min_length=1)]
    form = create_model(
        "NextForm", __base__=bases, text=text, body=text, texts=list[str], by_key=dict[str, str]
    )
    sent: Form = {"text": " a ", "body": " b ", "texts": [" c "], "by_key": {"d": " e "}}
    try:
        seen = form.model_validate(sent).model_dump(include=set(sent))
    except ValidationError as error:
        return f"refuses {sent}: {error.errors()[0]['msg']}"
    if seen != {"text": "a", "body": "b", "texts": ["c"], "by_key": {"d": "e"}}:
        return f"makes {seen} of {sent}"
    for wrong, why in (
        ({"text": "  "}, "takes blanks where there must be a text"),
        ({"txet": "f"}, "takes a field that it does not have"),
    ):
        with suppress(ValidationError):
            form.model_validate(sent | wrong)
            return why
    return ""


def lines(*texts: str) -> str:
    """Return the texts below each other, and say what a dot is if there is one."""
    dots = ["(· is a blank)"] if any("·" in text for text in texts) else []
    return "\n".join([*texts, *dots])


def file_of(form: type) -> str:
    """Return where in the slice a form is."""
    return f"{form.__module__.replace('.', '/')}.py"
