"""Every route declares what it answers with: that is documented, and that alone is sent."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

import pytest
from bson import ObjectId
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from pymongo.asynchronous.database import AsyncDatabase

from seed import (
    ANKLE,
    ASHA,
    DRAFT,
    FARAH,
    FEVER,
    MEERA,
    NOTES,
    PROFILES,
    WIDE,
    Form,
    case_notes,
    public_profiles,
    seed,
)
from src.main import create_app

Database: TypeAlias = AsyncDatabase[Form]
Answers: TypeAlias = dict[str, Response]
Change: TypeAlias = tuple[Form, tuple[str, ...]]

NOTES_URL, PROFILES_URL = "/api/v1/case-notes", "/api/v1/profiles"
AS_MEERA = {"X-User-Id": str(MEERA)}
ROUTERS = "src/case_notes/router.py, src/profiles/router.py"

DOCUMENTED = "/openapi.json names every field of the table in the README, its type, and no other"
NO_OTHERS = "the fields of the table in the README, and no others"

NO_LIES = "a 500 where a field has such a value, and the value in no answer"
NOT_MADE_UP = "a 500 where a field is missing, with nothing of the document in it"

AND_MORE = "lets any other field through (additionalProperties)"

AUTHOR = {"user_id": "string", "full_name": "string", "is_verified": "boolean"}
CARD: Form = {
    "id": "string",
    "title": "string",
    "specialty": "string",
    "reading_minutes": "integer",
    "useful_count": "integer",
    "updated_at": "string",
    "author": AUTHOR,
}
PROFILE: Form = {
    "user_id": "string",
    "username": "string",
    "full_name": "string",
    "specialty": "null or string",
    "is_verified": "boolean",
}
TABLE: dict[str, Form] = {
    "GET /case-notes": {"items": [CARD]},
    "GET /case-notes/{note_id}": {
        **CARD,
        "sections": [{"heading": "string", "text": "string"}],
        "tags": ["string"],
    },
    "PUT /case-notes/{note_id}/useful": {"id": "string", "useful_count": "integer"},
    "GET /profiles/{username}": PROFILE,
}
LIST, READ, USEFUL, SHOW = TABLE

# What does not fit, and the answers that have the field: a note is in the list and on its own.
WRONG_IN_A_NOTE: list[Change] = [
    ({"title": ["a while"]}, (LIST, READ)),
    ({"specialty": ["a while"]}, (LIST, READ)),
    ({"reading_minutes": "a while"}, (LIST, READ)),
    ({"reading_minutes": 6.25}, (LIST, READ)),
    ({"updated_at": "a while"}, (LIST, READ)),
    ({"sections": [{"heading": ["a while"], "text": "Wait."}]}, (READ,)),
    ({"sections": [{"heading": "How", "text": ["a while"]}]}, (READ,)),
    ({"tags": ["ecg", ["a while"]]}, (READ,)),
    ({"tags": "a while"}, (READ,)),
]
WRONG_IN_A_PROFILE: list[Change] = [
    ({"full_name": ["a while"]}, (LIST, READ, SHOW)),
    ({"is_verified": ["a while"]}, (LIST, READ, SHOW)),
    ({"specialty": ["a while"]}, (SHOW,)),
    ({"user_id": "a while"}, (SHOW,)),  # and the notes have no author any more
    ({"username": ["asha", "a while"]}, (SHOW,)),
]
MISSING_IN_A_NOTE = {
    "title": (LIST, READ),
    "specialty": (LIST, READ),
    "reading_minutes": (LIST, READ),
    "updated_at": (LIST, READ),
    "sections": (READ,),
}

# In production this is a line in the log: the tests look at what is sent.
pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


@pytest.fixture
async def client(mongodb: Database, serve: Serve) -> AsyncIterator[AsyncClient]:
    await seed(mongodb)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L34", "L231")
async def test_every_answer_is_documented(client: AsyncClient, serve: Serve) -> None:
    """Who writes a client reads in the documentation what each route answers with."""
    answer = await client.get("/openapi.json")
    document = serve.expect(answer, 200, wants="a documentation").json()
    wrong = []
    for route, expected in TABLE.items():
        method, _, path = route.partition(" ")
        operation = document["paths"].get(f"/api/v1{path}", {}).get(method.lower(), {})
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        seen = shape(schema, document.get("components", {}).get("schemas", {}))
        wrong += [f"{route}: {line}" for line in differences(seen, expected)]
    refuse_lines(wrong, wants=DOCUMENTED)


@pytest.mark.guideline("L34", "L230")
async def test_an_answer_has_its_fields_and_no_others(client: AsyncClient, serve: Serve) -> None:
    """What a document has beyond the fields of an answer stays in the database."""
    bodies = await answers_about(client, serve, WIDE, "asha")
    bodies[LIST]["items"] = bodies[LIST]["items"][:2]
    expected = {
        LIST: {"items": [card(WIDE), card(ANKLE)]},
        READ: note(WIDE),
        USEFUL: {"id": str(WIDE), "useful_count": 3},
        SHOW: {
            "user_id": str(ASHA),
            "username": "asha",
            "full_name": "Dr. Asha Menon",
            "specialty": "cardiology",
            "is_verified": True,
        },
    }
    wrong = [
        f"{route}: {line}"
        for route, body in expected.items()
        for line in differences(bodies[route], body)
    ]
    refuse_lines(wrong, wants=NO_OTHERS)


@pytest.mark.guideline("L34", "L230")
async def test_what_is_new_in_a_document_stays_there(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A field that somebody adds to a document tomorrow is in no answer by itself."""
    added = {place: f"x{ObjectId()}" for place in ("a note", "a section", "a review", "a profile")}
    values = {place: {name: "new"} for place, name in added.items()}
    old = dict(NOTES[0])
    review = old["review"] | values["a review"]
    sections = [section | values["a section"] for section in old["sections"]]
    changed = {"review": review, "sections": sections, **values["a note"]}
    await case_notes(mongodb).update_one({"_id": WIDE}, {"$set": changed})
    await public_profiles(mongodb).update_many({}, {"$set": values["a profile"]})
    wrong = []
    for route, answer in (await ask(client, WIDE, "asha")).items():
        text = serve.expect(answer, 200, wants="an answer, whatever is new").text
        if shown := [place for place, name in added.items() if name in text]:
            wrong.append(f"{route} shows what is new in {', '.join(shown)}")
    refuse_lines(wrong, wants=NO_OTHERS)


@pytest.mark.guideline("L230")
async def test_old_documents_are_answered_like_new_ones(client: AsyncClient, serve: Serve) -> None:
    """A field that is documented is in the answer, with its type, also where a document is old."""
    bodies = await answers_about(client, serve, FEVER, "farah")
    expected = {
        LIST: card(FEVER) | {"reading_minutes": 7},
        READ: note(FEVER) | {"reading_minutes": 7, "tags": []},
        USEFUL: {"id": str(FEVER), "useful_count": 1},
        SHOW: {
            "user_id": str(FARAH),
            "username": "farah",
            "full_name": "Dr. Farah Siddiqui",
            "specialty": None,
            "is_verified": False,
        },
    }
    bodies[LIST] = bodies[LIST]["items"][2]
    wrong = []
    for route, body in expected.items():
        seen = {name: bodies[route][name] for name in body if name in bodies[route]}
        wrong += [f"{route}: {line}" for line in differences(seen, body, surplus=False)]
    refuse_lines(wrong, wants="every field of the table, as the type that the table says")


@pytest.mark.guideline("L230")
async def test_what_does_not_fit_is_not_sent(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A value that is not what the documentation says is an error of ours, and no answer."""
    wrong: list[str] = []
    notes, profiles = case_notes(mongodb), public_profiles(mongodb)
    for change, routes in WRONG_IN_A_NOTE:
        await notes.update_one({"_id": WIDE}, {"$set": change})
        asked = tuple(TABLE) if "title" in change else routes
        answers = await ask(client, WIDE, "asha", asked)
        wrong += sent_or_no_500(answers, routes, f"a note with {json.dumps(change)}")
        await notes.update_one({"_id": WIDE}, {"$set": {name: NOTES[0][name] for name in change}})
    for change, routes in WRONG_IN_A_PROFILE:
        await profiles.update_one({"username": "asha"}, {"$set": change})
        answers = await ask(client, WIDE, "asha", routes)
        wrong += sent_or_no_500(answers, routes, f"a profile with {json.dumps(change)}")
        old = {name: PROFILES[0][name] for name in change}
        await profiles.update_one({"username": "asha"}, {"$set": old})
    serve.errors.clear()  # each of them was wanted
    refuse_lines(wrong, wants=NO_LIES)


@pytest.mark.guideline("L230")
async def test_on_and_off_are_read_or_refused(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """Where "on" stands for true and "off" for false, that is sent, or a 500."""
    wrong = []
    for stored, meant in (("on", True), ("off", False)):
        change = {"$set": {"is_verified": stored}}
        await public_profiles(mongodb).update_one({"username": "asha"}, change)
        for route, answer in (await ask(client, WIDE, "asha", (LIST, READ, SHOW))).items():
            place = answer.json() if answer.is_success else {}
            place = place["items"][0] if route == LIST and place else place
            seen = place.get("author", place).get("is_verified")
            if answer.status_code == 500 and not re.search(rf"[\"']{stored}\b", answer.text):
                continue
            if seen is not meant:
                shown = json.dumps(seen) if place else f"a {answer.status_code}, {answer.text[:90]}"
                wrong.append(f'"{stored}" as is_verified: {shown} in {route}')
    serve.errors.clear()  # each of them was wanted
    refuse_lines(wrong, wants='"on" as true and "off" as false, or a 500 without the value')


@pytest.mark.guideline("L230")
async def test_what_is_missing_is_not_made_up(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A note without a title is a fault of ours; nobody is told that its title is empty."""
    wrong: list[str] = []
    for name, routes in MISSING_IN_A_NOTE.items():
        await case_notes(mongodb).update_one({"_id": WIDE}, {"$unset": {name: ""}})
        asked = tuple(TABLE) if name == "title" else routes
        answers = await ask(client, WIDE, "asha", asked)
        wrong += sent_or_no_500(answers, routes, f"a note without {name}")
        await case_notes(mongodb).replace_one({"_id": WIDE}, NOTES[0])
    change = {"$unset": {"full_name": ""}}
    await public_profiles(mongodb).update_one({"username": "asha"}, change)
    answers = await ask(client, WIDE, "asha", (LIST, READ, SHOW))
    wrong += sent_or_no_500(answers, (LIST, READ, SHOW), "a profile without full_name")
    serve.errors.clear()  # each of them was wanted
    refuse_lines(wrong, wants=NOT_MADE_UP)


async def test_a_list_is_newest_first_and_without_drafts(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A list has the notes that are published, the newest first, at most `limit` of them, or 20."""
    for limit in (1, 2, 3, 4):
        answer = await client.get(NOTES_URL, params={"limit": limit})
        items = serve.expect(answer, 200, wants="a list").json()["items"]
        newest = [str(note_id) for note_id in (WIDE, ANKLE, FEVER)]
        seen = [item.get("id") for item in items]
        expect_equal(seen, newest[:limit], name=f"with limit={limit}, items", wants="the newest")
    more = [NOTES[1] | {"_id": ObjectId()} for _ in range(20)]
    await case_notes(mongodb).insert_many(more)
    items = serve.expect(await client.get(NOTES_URL), 200, wants="a list").json()["items"]
    expect_equal(len(items), 20, name="the number of items without a limit", wants="20 notes")
    for limit in (0, 101):
        answer = await client.get(NOTES_URL, params={"limit": limit})
        serve.expect(answer, 422, wants="a limit from 1 to 100")


async def test_what_is_not_there_is_a_404(client: AsyncClient, mongodb: Database) -> None:
    """A draft is not there for anybody, and neither is what nobody has written."""
    for note_id in (DRAFT, ObjectId()):
        answers = await ask(client, note_id, "nobody")
        seen = {route: answer.status_code for route, answer in answers.items() if route != LIST}
        expect_equal(seen, dict.fromkeys((READ, USEFUL, SHOW), 404), name="status", wants="404")
    await expect_stored(mongodb)


async def test_a_note_is_useful_to_somebody_once(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """Who says it twice is counted once, and the count is the one that was stored."""
    for user_id, count in ((MEERA, 1), (MEERA, 1), (ASHA, 2)):
        headers = {"X-User-Id": str(user_id)}
        answer = await client.put(f"{NOTES_URL}/{ANKLE}/useful", headers=headers)
        body = serve.expect(answer, 200, wants="200 for whoever finds a note useful").json()
        expect_equal(body["useful_count"], count, name="useful_count", wants="each doctor once")
    await expect_stored(mongodb, {ANKLE: {"useful_to": [MEERA, ASHA]}})


async def test_a_profile_may_be_cached(client: AsyncClient, serve: Serve) -> None:
    """Browsers keep a profile for five minutes, and ask again for one that is not there."""
    answer = serve.expect(await client.get(f"{PROFILES_URL}/rohan"), 200, wants="a profile")
    expect_kept(answer, "public, max-age=300", SHOW, wants="five minutes")
    missing = await client.get(f"{PROFILES_URL}/nobody")
    expect_kept(missing, None, f"{SHOW}, a 404", wants="no word on a 404")
    for route, answer in (await ask(client, WIDE, "asha")).items():
        if route != SHOW:
            expect_kept(answer, None, route, wants="a profile only")


async def test_reading_changes_nothing(client: AsyncClient, mongodb: Database) -> None:
    """The documents stay as they are."""
    await client.get(NOTES_URL)
    for note_id in (WIDE, ANKLE, FEVER):
        await client.get(f"{NOTES_URL}/{note_id}")
    await client.get(f"{PROFILES_URL}/farah")
    await expect_stored(mongodb)


async def ask(
    client: AsyncClient, note_id: ObjectId, username: str, routes: Iterable[str] = TABLE
) -> Answers:
    """Call the routes: about this note and this doctor, where they are about one."""
    answers = {}
    for route in routes:
        method, _, path = route.partition(" ")
        url = f"/api/v1{path.format(note_id=note_id, username=username)}"
        answers[route] = await client.request(method, url, headers=AS_MEERA)
    return answers


async def answers_about(
    client: AsyncClient, serve: Serve, note_id: ObjectId, username: str
) -> dict[str, Form]:
    """Return the body of every route, each of them a 200."""
    __tracebackhide__ = True
    answers = await ask(client, note_id, username)
    wants = "an answer, also for old documents"
    return {
        route: json.loads(serve.expect(answer, 200, wants=wants).text.replace('+00:00"', 'Z"'))
        for route, answer in answers.items()
    }


def expect_kept(answer: Response, kept: str | None, route: str, *, wants: str) -> None:
    """Demand a Cache-Control, or none."""
    __tracebackhide__ = True
    seen = answer.headers.get("Cache-Control")
    file = f"src/{'profiles' if route.startswith(SHOW) else 'case_notes'}/router.py"
    expect_equal(seen, kept, name=f"Cache-Control of {route}", wants=wants, look_at=file)


async def expect_stored(mongodb: Database, changes: dict[ObjectId, Form] | None = None) -> None:
    """Demand that the documents are those of the seed, but for these changes."""
    __tracebackhide__ = True
    notes = [stored | (changes or {}).get(stored["_id"], {}) for stored in NOTES]
    wants = "the documents as they are"
    found = await case_notes(mongodb).find({}).sort("_id").to_list()
    expect_equal(found, notes, name="case_notes", wants=wants)
    found = await public_profiles(mongodb).find({}, {"_id": False}).sort("user_id").to_list()
    expect_equal(found, PROFILES, name="public_profiles", wants=wants)


def sent_or_no_500(answers: Answers, routes: tuple[str, ...], what: str) -> Iterator[str]:
    """Yield a line where a value was sent, and where another answer than a 500 has the field."""
    values = ("a while", "6.25")
    sent = [route for route, it in answers.items() if any(word in it.text for word in values)]
    if sent:
        yield f"{what}: it is sent by {first_of(sent)}"
    told = [route for route, it in answers.items() if it.is_error and "Thin." in it.text]
    if told:
        yield f"{what}: the error shows the document in {first_of(told)}"
    others: dict[int, list[str]] = {}
    for route in routes:
        if answers[route].status_code != 500 and route not in sent:
            others.setdefault(answers[route].status_code, []).append(route)
    for status, found in others.items():
        yield f"{what}: a {status} for {first_of(found)}"


def first_of(routes: list[str]) -> str:
    return routes[0] + (f" and {len(routes) - 1} more" if len(routes) > 1 else "")


def card(note_id: ObjectId) -> Form:
    """Return a note of the seed as a list has to show it."""
    stored = next(note for note in NOTES if note["_id"] == note_id)
    author = next(doctor for doctor in PROFILES if doctor["user_id"] == stored["author_id"])
    updated_at: datetime = stored["updated_at"]
    return {
        "id": str(note_id),
        "title": stored["title"],
        "specialty": stored["specialty"],
        "reading_minutes": stored["reading_minutes"],
        "useful_count": len(stored.get("useful_to", [])),
        "updated_at": updated_at.isoformat().replace("+00:00", "Z"),
        "author": {
            "user_id": str(author["user_id"]),
            "full_name": author["full_name"],
            "is_verified": author["is_verified"],
        },
    }


def note(note_id: ObjectId) -> Form:
    """Return a note of the seed as its own route has to show it."""
    stored = next(note for note in NOTES if note["_id"] == note_id)
    return card(note_id) | {"sections": stored["sections"], "tags": stored.get("tags")}


def shape(schema: Form, models: Form) -> Any:
    """Say what a schema lets through: a dict of fields, a list of one kind, or a word."""
    if "$ref" in schema:
        found = shape(models[schema["$ref"].rpartition("/")[2]], models)
    elif options := schema.get("anyOf", schema.get("oneOf", schema.get("allOf"))):
        found = one_of([shape(option, models) for option in options])
    elif "properties" in schema:
        found = {name: shape(part, models) for name, part in schema["properties"].items()}
    elif schema.get("type") == "array":
        found = [shape(schema.get("items", {}), models)]
    elif schema.get("type", "object") == "object":
        found = "anything"
    else:
        found = schema["type"]
    if isinstance(found, dict) and schema.get("additionalProperties"):
        found[AND_MORE] = "anything"
    return found


def one_of(kinds: list[Any]) -> Any:
    """Say what several kinds are together."""
    different = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
    if len(different) == 1:
        return different[0]
    return " or ".join(sorted(map(in_words, different)))


def in_words(kind: Any) -> str:
    if isinstance(kind, dict):
        return f"an object with {', '.join(kind)}"
    return f"a list of {in_words(kind[0])}" if isinstance(kind, list) else str(kind)


def differences(seen: Any, expected: Any, path: str = "", *, surplus: bool = True) -> Iterator[str]:
    """Yield what is missing, what is too much and what is different, each as a line."""
    if isinstance(seen, dict) and isinstance(expected, dict):
        too_many = [name for name in seen if name not in expected] if surplus else []
        if AND_MORE in too_many:
            too_many.remove(AND_MORE)
            yield f"{path or 'the answer'} {AND_MORE}"
        for names, word in (
            ([name for name in expected if name not in seen], "missing"),
            (too_many, "too much"),
        ):
            if names:
                yield f"{word}{f' in {path}' if path else ''}: {', '.join(names)}"
        for name, value in expected.items():
            if name in seen:
                inner = f"{path}.{name}".lstrip(".")
                yield from differences(seen[name], value, inner, surplus=surplus)
    elif isinstance(seen, list) and isinstance(expected, list) and len(seen) == len(expected):
        lines: dict[str, None] = {}
        for left, right in zip(seen, expected, strict=True):
            lines |= dict.fromkeys(differences(left, right, f"{path}[]", surplus=surplus))
        yield from lines
    elif seen != expected or type(seen) is not type(expected):
        is_shape = isinstance(seen, str) and isinstance(expected, dict | list)
        instead = "" if is_shape else f" instead of {expected!r}"
        yield f"{path or 'the answer'} is {seen if is_shape else repr(seen)}{instead}"


def refuse_lines(lines: list[str], *, wants: str) -> None:
    """Fail with the lines, if there are any."""
    __tracebackhide__ = True
    if lines:
        rest = [f"and {len(lines) - 8} more"] if len(lines) > 8 else []
        refuse(saw="\n".join([*lines[:8], *rest]), wants=wants, look_at=ROUTERS)
