"""The names of Pydantic 1 are gone, those that only warn and those that do nothing any more."""

import json
import sys
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeAlias

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal, show
from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient
from pydantic import PydanticDeprecationWarning, ValidationError
from redis.asyncio import Redis

Form: TypeAlias = dict[str, Any]

SHOWN = 8  # warnings in a verdict
RENAMED = "Valid config keys have changed"


class Warned(dict[str, None]):
    """What Pydantic warns the slice of, each with its place; a filter hides nothing from it."""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note it meanwhile; what others warn of goes on its way."""
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            made = PydanticDeprecationWarning.__init__
            elsewhere = warnings.showwarning

            def note_deprecated(
                warning: PydanticDeprecationWarning, message: str, *more: Any, **options: Any
            ) -> None:
                self._note(message)
                made(warning, message, *more, **options)

            def note_renamed(message: str | Warning, *where: Any, **more: Any) -> None:
                if RENAMED in str(message):
                    self._note(str(message))
                else:
                    elsewhere(message, *where, **more)

            # A warning is made whether somebody wants to see it or not.
            patch.setattr(PydanticDeprecationWarning, "__init__", note_deprecated)
            patch.setattr(warnings, "showwarning", note_renamed)
            warnings.filterwarnings("ignore", category=PydanticDeprecationWarning)
            warnings.filterwarnings("always", message=RENAMED)
            yield

    def _note(self, text: str) -> None:
        text = " ".join(text.split()).partition(". ")[0]
        place = slice_frame()
        if place and not (RENAMED in text and any(text in line for line in self)):
            self[f"{place.file}:{place.line} {text}"] = None

    def assert_none(self, *, wants: str) -> None:
        """Demand that there was nothing to warn of."""
        __tracebackhide__ = True
        if self:
            more = [f"and {len(self) - SHOWN} more"] if len(self) > SHOWN else []
            refuse(saw="\n".join([*list(self)[:SHOWN], *more]), wants=wants)


AT_IMPORT = Warned()
with AT_IMPORT.listening():
    from seed import ASHA, ECG, INSTRUCTOR, seed
    from src.main import create_app

COURSES = "/api/v1/courses"
CARD = f"{COURSES}/{ECG['slug']}"
AS_ASHA = {"X-User-Id": str(ASHA)}
KEY = f"cache:course:{ECG['slug']}"
SCHEMAS, BASE = "src/courses/schemas.py", "src/schemas.py"

ONE_VERSION = "names of Pydantic 2 alone"
AN_EXAMPLE = "the example that stands in src/courses/constants.py, for the whole form"
SAME_CARD = "the same card from the cache as from the table"
BY_BOTH_NAMES = "a form is taken under the names of the API and under those of Python"

COURSE: Form = {
    "slug": "fever-in-children",
    "title": "Fever in children",
    "specialtyTags": ["paediatrics"],
    "pricingType": "PAID",
    "pricePaise": 99_900,
    "accreditation": "UPMC/2026/7",
}
EXAMPLE: Form = {
    "slug": "ecg-for-the-ward",
    "title": "ECG for the ward",
    "specialtyTags": ["cardiology"],
    "pricingType": "PAID",
    "pricePaise": 149_900,
}
PYTHON_NAMES = {
    "specialtyTags": "specialty_tags",
    "pricingType": "pricing_type",
    "pricePaise": "price_paise",
}
OUTSIDE: list[Form] = [
    {"slug": "Fever in children"},
    {"slug": "x" * 121},
    {"title": ""},
    {"title": "x" * 301},
    {"title": {"en": "Fever"}},
    {"specialtyTags": [{"en": "ecg"}]},
    {"specialtyTags": ["ecg"] * 11},
    {"specialtyTags": "ecg"},
    {"pricingType": "CHEAP"},
    {"pricePaise": -1},
    {"pricePaise": 10_000_001},
    {"accreditation": "x" * 41},
]
numbers = count(1)  # so that each course has a slug of its own
LARGEST = {
    "slug": "x" * 120,
    "title": "x" * 300,
    "specialtyTags": ["ecg"] * 10,
    "pricePaise": 10_000_000,
    "accreditation": "x" * 40,
}


@pytest.fixture(autouse=True)
def warned() -> Iterator[Warned]:
    """Listen in every test, so that a warning is no error in those about something else."""
    warned = Warned()
    with warned.listening():
        yield warned


@pytest.fixture
async def client(
    postgres: PostgresDatabase, valkey: Redis, serve: Serve
) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L28", "L29", "L228")
def test_importing_the_app_warns_of_nothing() -> None:
    """What a class says when it is made is said in the names of today."""
    AT_IMPORT.assert_none(wants=ONE_VERSION)
    old = [
        f"{module.__name__}.{name} is of pydantic.v1"
        for module in list(sys.modules.values())
        if module.__name__.partition(".")[0] == "src"
        for name, value in vars(module).items()
        if any(is_old(one) for one in getattr(value, "__mro__", [value]))
    ]
    if old:
        refuse(saw="\n".join(old), wants=ONE_VERSION)


@pytest.mark.guideline("L30", "L228")
async def test_a_request_warns_of_nothing(
    client: AsyncClient, serve: Serve, warned: Warned
) -> None:
    """What is done with a model is done by the methods of today."""
    serve.expect(await client.post(COURSES, json=COURSE, headers=AS_ASHA), 201, wants="a course")
    for _ in range(2):
        serve.expect(await client.get(CARD), 200, wants="a card")
    warned.assert_none(wants=ONE_VERSION)


@pytest.mark.guideline("L29")
async def test_a_card_from_the_cache_is_the_card(client: AsyncClient, serve: Serve) -> None:
    """What is written into the cache is what is read from it."""
    for name in ("the first card", "the card from the cache"):
        card = serve.expect(await client.get(CARD), 200, wants=SAME_CARD).json()
        expected = ECG | {"instructor": INSTRUCTOR}
        expect_equal(card, expected, name=name, wants=SAME_CARD, look_at=BASE)


@pytest.mark.guideline("L29")
async def test_a_form_in_python_names_is_taken(client: AsyncClient, serve: Serve) -> None:
    """The importer of the partners sends the names of Python, the app those of the API."""
    by_name = {PYTHON_NAMES.get(name, name): value for name, value in COURSE.items()}
    for form in (COURSE, by_name | {"slug": "fever-by-name"}):
        answer = await client.post(COURSES, json=form, headers=AS_ASHA)
        card = serve.expect(answer, 201, wants=BY_BOTH_NAMES).json()
        expected = COURSE | {"slug": form["slug"], "instructor": INSTRUCTOR}
        expect_equal(card, expected, name="the card", wants=BY_BOTH_NAMES, look_at=BASE)


@pytest.mark.guideline("L29")
async def test_blanks_around_a_text_go(client: AsyncClient, serve: Serve) -> None:
    """The setting that strips has an effect, in a list as well."""
    clean: Form
    for clean in (
        {"title": "Fever in children", "specialtyTags": ["paediatrics"]},
        {"slug": "fever", "accreditation": "UPMC/2026/7"},
        {"title": "x" * 300, "accreditation": "x" * 40},
    ):
        blanks = {
            name: [f"\t{each} " for each in text] if isinstance(text, list) else f" {text}\n"
            for name, text in clean.items()
        }
        await expect_card(client, serve, blanks, clean, wants="text without blanks at its ends")
    await expect_refused(client, serve, COURSE | {"slug": "blank", "title": " \t "})


@pytest.mark.guideline("L28")
async def test_what_may_be_none_may_be_left_out(client: AsyncClient, serve: Serve) -> None:
    """A course without an accreditation is one whose form does not speak of any."""
    wants = "201 without an accreditation, as with Pydantic 1"
    silent = {name: value for name, value in COURSE.items() if name != "accreditation"}
    answer = await client.post(COURSES, json=silent, headers=AS_ASHA)
    card = serve.expect(answer, 201, wants=wants).json()
    expect_equal(card["accreditation"], None, name="accreditation", wants=wants)


@pytest.mark.guideline("L29")
def test_the_documentation_shows_the_example() -> None:
    """Whoever opens /docs sees a form that works."""
    try:
        document = create_app().openapi()
    except ValidationError as error:
        first = error.errors()[0]
        saw = f"no document: {'.'.join(map(str, first['loc'][-2:]))}: {first['msg']}"
        refuse(saw=saw, wants=AN_EXAMPLE, look_at=SCHEMAS)
    body = document["paths"][COURSES]["post"]["requestBody"]["content"]["application/json"]
    form = document["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
    examples = [form.get("example"), *form.get("examples", [])]
    examples += [
        body.get("example"),
        *(one.get("value") for one in body.get("examples", {}).values()),
    ]
    shown = [example for example in examples if example]
    if EXAMPLE not in shown:
        seen = show(shown[0]) if shown else "nothing"
        refuse(
            saw=f"as an example of the form /openapi.json has {seen}",
            wants=AN_EXAMPLE,
            look_at=SCHEMAS,
        )


async def test_tags_are_in_lower_case(client: AsyncClient, serve: Serve) -> None:
    """Each of them, not the list."""
    for tags in (["ECG", "Cardiology"], []):
        expected = {"specialtyTags": [tag.lower() for tag in tags]}
        sent = {"specialtyTags": tags}
        await expect_card(client, serve, sent, expected, wants="tags in lower case")


async def test_what_does_not_fit_is_refused_as_before(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """The bounds of each field stay."""
    for form in OUTSIDE:
        await expect_refused(client, serve, COURSE | form)
    for name in ("slug", "title"):
        await expect_refused(
            client, serve, {key: value for key, value in COURSE.items() if key != name}
        )
    await expect_one_course(postgres)
    for form in (LARGEST, {"slug": "y", "title": "A"}, {"slug": "z", "pricePaise": 0}):
        await expect_card(client, serve, form, {}, wants="what fits is taken")


async def test_what_a_form_does_not_have_is_ignored_as_before(
    client: AsyncClient, serve: Serve
) -> None:
    """The importer of the partners sends a number of its own."""
    answer = await client.post(COURSES, json=COURSE | {"partnerRef": 7}, headers=AS_ASHA)
    card = serve.expect(answer, 201, wants="201 for a form with a field more, as before").json()
    expect_equal(card, COURSE | {"instructor": INSTRUCTOR}, name="the card", wants="the course")


async def test_a_short_form_has_defaults(client: AsyncClient, serve: Serve) -> None:
    """Who says little makes a free course without tags."""
    answer = await client.post(
        COURSES, json={"slug": "a", "title": "A", "accreditation": None}, headers=AS_ASHA
    )
    card = serve.expect(answer, 201, wants="a free course").json()
    defaults = {"specialtyTags": [], "pricingType": "FREE", "pricePaise": 0, "accreditation": None}
    expected = {"slug": "a", "title": "A", **defaults, "instructor": INSTRUCTOR}
    expect_equal(card, expected, name="the card", wants="a free course")


async def test_a_card_is_cached_for_five_minutes(
    client: AsyncClient,
    serve: Serve,
    valkey: Redis,
    valkey_probe: ValkeyProbe,
    sql_probe: SqlProbe,
) -> None:
    """The second card costs no statement, and is gone in time."""
    serve.expect(await client.get(CARD), 200, wants="a card")
    keys = await valkey_probe.keys(valkey)
    expect_equal(list(keys), [KEY], name="the keys", wants=f"the card under {KEY}")
    left = keys[KEY]
    if left is None or not 200 < left <= 300:
        refuse(saw=f"{KEY} has {left} s left", wants="a card that is cached for 300 s")
    with sql_probe.record() as statements:
        serve.expect(await client.get(CARD), 200, wants="a card")
    expect_equal(len(statements), 0, name="statements for a cached card", wants="no statement")


@pytest.mark.guideline("L30")
async def test_a_card_of_the_old_version_is_read(
    client: AsyncClient, serve: Serve, valkey: Redis
) -> None:
    """What was cached before the deploy is in the names of Python, and is read after it."""
    old = {PYTHON_NAMES.get(name, name): value for name, value in ECG.items()}
    changed = old | {"price_paise": 119_900, "instructor": INSTRUCTOR}
    await valkey.set(KEY, json.dumps(changed), ex=300)
    wants = "a card that was cached before the deploy, with all that it holds"
    card = serve.expect(await client.get(CARD), 200, wants=wants).json()
    expected = ECG | {"pricePaise": 119_900, "instructor": INSTRUCTOR}
    expect_equal(card, expected, name="the card", wants=wants, look_at=BASE)


async def test_an_unknown_course_is_not_found(client: AsyncClient, serve: Serve) -> None:
    """There is no card for it."""
    serve.expect(await client.get(f"{COURSES}/none"), 404, wants="404 for an unknown course")


def is_old(value: object) -> bool:
    """Return whether something belongs to the copy of Pydantic 1 that comes with Pydantic 2."""
    name = getattr(value, "__module__", None) or getattr(value, "__name__", None)
    return f"{name}.".startswith("pydantic.v1.")


async def expect_card(
    client: AsyncClient, serve: Serve, form: Form, expected: Mapping[str, object], *, wants: str
) -> None:
    """Demand that a course is taken with these fields, and answered with its card."""
    __tracebackhide__ = True
    sent = COURSE | {"slug": f"course-{next(numbers)}"} | form
    answer = await client.post(COURSES, json=sent, headers=AS_ASHA)
    card = serve.expect(answer, 201, wants=wants).json()
    whole = sent | expected | {"instructor": INSTRUCTOR}
    expect_equal(card, whole, name="the card", wants=wants)


async def expect_refused(client: AsyncClient, serve: Serve, form: Form) -> None:
    """Demand a 422."""
    __tracebackhide__ = True
    answer = await client.post(COURSES, json=form, headers=AS_ASHA)
    serve.expect(answer, 422, wants=f"422 for {form}")


async def expect_one_course(postgres: PostgresDatabase) -> None:
    """Demand that what was refused is not stored."""
    __tracebackhide__ = True
    courses = await postgres.fetchval("SELECT count(*) FROM courses")
    expect_equal(courses, 1, name="the number of courses", wants="a refusal that stores nothing")
