"""Every input says what it takes, and says so of what is left out as well."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeAlias

import pytest
from asyncpg import PostgresError
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncClient, Response

from seed import ASHA, FARAH, FEVER, OLD, add_course
from src.database import Base
from src.main import create_app

Form: TypeAlias = dict[str, Any]

COURSES = "/api/v1/courses"
FEVER_COURSE = f"{COURSES}/{FEVER['course_id']}"
SCHEMAS = "src/courses/schemas.py"
AS_FARAH = {"X-User-Id": str(FARAH)}
AS_ASHA = {"X-User-Id": str(ASHA)}
LONGEST_ANSWER = 2000  # bytes of a 422 for one wrong value, which it does not send back

SHORTEST: Form = {
    "title": "A",
    "contact_email": "a@b.in",
    "syllabus": [{"title": "B", "minutes": 1}],
}
LEFT_OUT: Form = {
    "description": "",
    "specialty_tags": [],
    "translations": {},
    "pricing_type": "FREE",
    "price_paise": 0,
}
LANGUAGES = ["aa", "bn", "en", "gu", "hi", "kn", "ml", "mr", "ta", "te", "zz"]


def module(title: str = "Strip 1", minutes: int = 20) -> Form:
    return {"title": title, "minutes": minutes}


def address(length: int) -> str:
    return f"asha@{'.'.join(['x' * 60] * 3)}.{'y' * (length - 192)}.org"


FITS: dict[str, Form] = {
    "the shortest of everything": {
        "description": "",
        "specialty_tags": ["c"],
        "translations": {"az": "E"},
        **SHORTEST,
    },
    "the longest of everything": {
        "title": "x" * 300,
        "description": "ä" * 5000,
        "contact_email": address(254),
        "specialty_tags": ["x" * 100] * 10,
        "translations": dict.fromkeys(LANGUAGES[:10], "x" * 300),
        "syllabus": [module("x" * 300, 600)] * 50,
    },
    "empty lists": {"specialty_tags": [], "translations": {}},
}
TEXTS: dict[str, Form] = {
    "an empty title": {"title": ""},
    "a title of 301 characters": {"title": "x" * 301},
    "a description of 5 001 characters": {"description": "x" * 5001},
    "an empty tag": {"specialty_tags": ["cardiology", ""]},
    "a tag of 101 characters": {"specialty_tags": ["cardiology", "x" * 101]},
    "an empty translation": {"translations": {"ml": "ECG", "hi": ""}},
    "a translation of 301 characters": {"translations": {"ml": "ECG", "hi": "x" * 301}},
    "a module with an empty title": {"syllabus": [module(), module("")]},
    "a module's title of 301 characters": {"syllabus": [module(), module("x" * 301)]},
}
LISTS: dict[str, Form] = {
    "11 tags": {"specialty_tags": ["ecg"] * 11},
    "11 translations": {"translations": dict.fromkeys(LANGUAGES, "ECG")},
    "a syllabus without a module": {"syllabus": []},
    "51 modules": {"syllabus": [module()] * 51},
}
FORMATS: dict[str, Form] = {
    "an address without @": {"contact_email": "asha.menon"},
    "an address with two @": {"contact_email": "asha@menon@example.org"},
    "an address with a space": {"contact_email": "ask@desk 4"},
    "an address without a domain": {"contact_email": "asha@"},
    "an address with a second line": {"contact_email": "asha@example.org\nBcc: all@example.org"},
    "two addresses": {"contact_email": "asha@example.org,rohan@example.org"},
    "an address without a point": {"contact_email": "ask@desk"},
    "an address that ends in points": {"contact_email": "asha@example.."},
    "an address of 255 characters": {"contact_email": address(255)},
    "an empty language": {"translations": {"": "ECG"}},
    "the language 'h'": {"translations": {"h": "ECG"}},
    "the language 'hin'": {"translations": {"ml": "ECG", "hin": "ECG"}},
    "the language 'HI'": {"translations": {"HI": "ECG"}},
    "the language 'h1'": {"translations": {"h1": "ECG"}},
    "the language 'éß'": {"translations": {"éß": "ECG"}},
}
MINUTES: dict[str, Form] = {
    f"a module with minutes = {minutes}": {"syllabus": [module(), module(minutes=minutes)]}
    for minutes in (-1, 0, 601, 9_999_999_999)
}
PRICES: dict[str, Form] = {
    f"PAID at {price} paise": {"pricing_type": "PAID", "price_paise": price}
    for price in (-149_900, -1, 10_000_001, 3_000_000_000)
}
PRICED = ("PAID", "FREE_PLUS_CERTIFICATE")


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await postgres.create_tables(Base.metadata)
    await add_course(postgres, FEVER, FARAH)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L33", "L266")
@pytest.mark.parametrize(
    "outside",
    [TEXTS, LISTS, FORMATS, MINUTES | PRICES],
    ids=["texts", "lists", "formats", "numbers"],
)
async def test_a_new_course_stays_within_the_bounds(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, outside: Mapping[str, Form]
) -> None:
    """A text, a list, what is in the list and a number: each has an end, or a form."""
    answers = {
        name: await client.post(COURSES, json=a_course() | form, headers=AS_ASHA)
        for name, form in outside.items()
    }
    expect_refused(answers, serve, route="POST /courses")
    await expect_nothing_stored(postgres)


@pytest.mark.guideline("L33")
async def test_a_price_that_is_left_out_is_a_price_of_nothing(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A rule also holds for a field that the client does not send."""
    silent = a_course()
    del silent["price_paise"]
    answers = {
        f"{kind} without a price": await client.post(
            COURSES, json=silent | {"pricing_type": kind}, headers=AS_ASHA
        )
        for kind in PRICED
    }
    expect_refused(answers, serve, route="POST /courses")
    await expect_nothing_stored(postgres)


@pytest.mark.guideline("L33", "L266")
async def test_a_changed_course_stays_within_the_same_bounds(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """What a new course may not have, a changed course may not get."""
    answers = {
        name: await client.patch(FEVER_COURSE, json=form, headers=AS_FARAH)
        for name, form in (TEXTS | LISTS | FORMATS | MINUTES).items()
    }
    expect_refused(answers, serve, route="PATCH /courses/{id}")
    await expect_nothing_stored(postgres)


@pytest.mark.guideline("L266")
async def test_a_search_has_a_longest_question(client: AsyncClient, serve: Serve) -> None:
    """What stands in the address of a request is an input, too."""
    answers = {"q of 101 characters": await client.get(COURSES, params={"q": "x" * 101})}
    expect_refused(answers, serve, route="GET /courses", look_at="src/courses/router.py")


async def test_what_fits_is_stored_as_it_was_sent(client: AsyncClient, serve: Serve) -> None:
    """The shortest and the longest that fit are taken, whole, in a new course and in an old one."""
    wants = "everything up to the bounds of the README, and nothing cut off"
    before = dict(FEVER)
    for name, form in FITS.items():
        created = await client.post(COURSES, json=a_course() | form, headers=AS_ASHA)
        expect_course(serve, created, a_course() | form, name=name, status=201, wants=wants)
        changed = await client.patch(FEVER_COURSE, json=form, headers=AS_FARAH)
        before |= form
        expect_course(serve, changed, before, name=name, status=200, wants=wants)
        listed = serve.expect(await client.get(COURSES), 200, wants="a list").json()["items"]
        by_id = {course["course_id"]: course for course in listed}
        for answer in (created, changed):
            stored = by_id[answer.json()["course_id"]]
            expect_equal(stored, answer.json(), name=f"{name} in the list", wants=wants)


async def test_a_course_may_say_little(client: AsyncClient, serve: Serve) -> None:
    """A title, an address and a module make a course; without a type it is free."""
    created = await client.post(COURSES, json=SHORTEST, headers=AS_ASHA)
    expect_course(serve, created, SHORTEST | LEFT_OUT, status=201, wants="a free course")
    unchanged = await client.patch(FEVER_COURSE, json={}, headers=AS_FARAH)
    expect_course(serve, unchanged, FEVER, status=200, wants="nothing sent, nothing changed")


async def test_a_price_fits_the_type_of_the_course(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A free course has no price, every other course has one."""
    wrong = [("FREE", 149_900), ("FREE", 1), *((kind, 0) for kind in PRICED)]
    answers = {
        f"{kind} at {price} paise": await client.post(
            COURSES,
            json=a_course() | {"pricing_type": kind, "price_paise": price},
            headers=AS_ASHA,
        )
        for kind, price in wrong
    }
    sent = a_course() | {"price_paise": 149_900}
    answers["149900 paise, no type"] = await client.post(COURSES, json=sent, headers=AS_ASHA)
    expect_refused(answers, serve, route="POST /courses")
    await expect_nothing_stored(postgres)
    for kind, price in [("FREE", 0), *((kind, p) for kind in PRICED for p in (1, 10_000_000))]:
        form = a_course() | {"pricing_type": kind, "price_paise": price}
        created = await client.post(COURSES, json=form, headers=AS_ASHA)
        expect_course(serve, created, form, status=201, wants="the price that was sent")


async def test_courses_from_before_are_shown_as_they_are(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A course is older than the rule: it can be found, and shows all that it has."""
    try:
        await add_course(postgres, OLD, ASHA)
    except PostgresError as error:
        refuse(
            saw=f"the table has no room for a course from before: {shorten(str(error))}",
            wants="a bound on what comes in; the tables stay",
            look_at="src/courses/models.py",
        )
    found = serve.expect(
        await client.get(COURSES, params={"q": "for the WARD"}),
        200,
        wants="courses from before in the list, whatever is in them",
    )
    expect_equal(found.json()["items"], [OLD], name="items", wants="the old course as it is")
    changed = await client.patch(
        f"{COURSES}/{OLD['course_id']}", json={"contact_email": "asha@example.org"}, headers=AS_ASHA
    )
    expected = OLD | {"contact_email": "asha@example.org"}
    expect_course(serve, changed, expected, status=200, wants="one field put right, the rest kept")


async def test_a_search_of_100_characters_finds_its_course(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A search takes 100 characters, and looks for all of them."""
    long = FEVER | {"course_id": OLD["course_id"], "title": "Fever " + "x" * 100}
    await add_course(postgres, long, ASHA)
    for words, expected in (("x" * 100, [long]), ("x" * 99 + "y", []), ("fever", [FEVER, long])):
        answer = serve.expect(await client.get(COURSES, params={"q": words}), 200, wants="a list")
        expect_equal(answer.json()["items"], expected, name="items", wants="what has the words")


async def test_a_course_is_changed_by_its_instructor_only(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """For anybody else there is no such course."""
    answer = await client.patch(FEVER_COURSE, json={"title": "Mine"}, headers=AS_ASHA)
    serve.expect(answer, 404, wants="404 for a course of somebody else")
    await expect_nothing_stored(postgres)


def a_course() -> Form:
    """Return a form that fits, for a free course."""
    return {name: value for name, value in FEVER.items() if name != "course_id"} | LEFT_OUT


def expect_refused(
    answers: Mapping[str, Response], serve: Serve, *, route: str, look_at: str = SCHEMAS
) -> None:
    """Demand a 422 for each answer, and a short one."""
    __tracebackhide__ = True
    wrong = [
        f"{it.status_code} for {name}" for name, it in answers.items() if it.status_code != 422
    ]
    if wrong:
        raised = dict.fromkeys(type(error.exception).__name__ for error in serve.errors)
        refuse(
            saw="\n".join(
                [
                    f"{route}: not refused, {len(wrong)} of {len(answers)}",
                    *wrong[:6],
                    *([f"and {len(wrong) - 6} more"] if len(wrong) > 6 else []),
                    *(f"the app raised {name}" for name in raised),
                ]
            ),
            wants="422 for what is outside the table of the README",
            look_at=look_at,
        )
    long = {name: len(it.content) for name, it in answers.items()}
    worst = max(long, key=lambda name: long[name])
    if long[worst] > LONGEST_ANSWER:
        refuse(
            saw=f"{route}: a 422 of {long[worst]} bytes for {worst}",
            wants="a 422 that says what is wrong and does not send the value back: at most"
            f" {LONGEST_ANSWER} bytes for one wrong value",
        )


async def expect_nothing_stored(postgres: PostgresDatabase) -> None:
    """Demand that the table holds the one course that was there, as it was."""
    __tracebackhide__ = True
    rows = await postgres.fetch("SELECT title, specialty_tags, price_paise FROM courses")
    expected = [{name: FEVER[name] for name in ("title", "specialty_tags", "price_paise")}]
    expect_equal(rows, expected, name="courses", wants="a refusal that stores nothing")


def expect_course(
    serve: Serve,
    answer: Response,
    expected: Mapping[str, Any],
    *,
    status: int,
    wants: str,
    name: str = "the course",
) -> None:
    """Demand that an answer shows a course with these fields; its id may be any."""
    __tracebackhide__ = True
    body = serve.expect(answer, status, wants=wants).json()
    shown = {name: value for name, value in body.items() if name != "course_id"}
    wanted = {name: value for name, value in expected.items() if name != "course_id"}
    expect_equal(shown, wanted, name=name, wants=wants)
