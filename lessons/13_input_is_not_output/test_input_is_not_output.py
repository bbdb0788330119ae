"""What a client sends, what it may change and what it gets to see are three models."""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.secrets import SecretProbe
from docfliq_katas.probes.sql import SqlProbe, Statements
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response

from seed import DOCTORS, FARAH, PRIVATE, add_doctors
from src.main import create_app
from src.posts import router as posts_router
from src.users import router as users_router

USERS = "/api/v1/users"
ME = "/api/v1/users/me"
POSTS = "/api/v1/posts"
AS_FARAH = {"X-User-Id": str(FARAH)}
PUBLIC = ("user_id", "full_name", "specialty", "city", "bio", "verification_status")
PROFILE = ("full_name", "specialty", "city", "bio")
LONGEST = {
    "phone_number": 16,
    "password": 128,
    "medical_license_number": 50,
    "full_name": 150,
    "specialty": 100,
    "city": 100,
    "bio": 2000,
}
NEVER_SHOWN = (*PRIVATE, "password", "roles")
ONLY_PUBLIC = "answers made of the public fields of README.md, and of nothing else of a user"

ENDPOINTS = {
    "GET /users": (users_router, "list_users"),
    "GET /posts": (posts_router, "list_posts"),
    "PATCH /users/me": (users_router, "update_me"),
    "POST /users": (users_router, "register"),
}


@pytest.fixture
async def client(
    postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> AsyncIterator[AsyncClient]:
    """Return a client of an app in which every private column holds a secret."""
    await add_doctors(
        postgres, {str(doctor["user_id"]): private(secret_probe) for doctor in DOCTORS}
    )
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L32", "L229")
async def test_no_answer_shows_a_private_field(
    client: AsyncClient, secret_probe: SecretProbe, serve: Serve
) -> None:
    """An answer shows the public fields of a user and no other, not even an empty one."""
    leaks = []
    answers = await every_answer(client, registration(secret_probe))
    for route, answer in answers.items():
        expect_success(serve, answer)
        leaks += [(route, leak) for leak in leaks_of(answer, secret_probe)]
    if leaks:
        refuse(
            saw="\n".join(f"{route}: {leak}" for route, leak in leaks),
            wants=ONLY_PUBLIC,
            look_at=endpoint(leaks[0][0]),
        )


@pytest.mark.guideline("L229")
async def test_private_columns_do_not_shape_an_answer(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe
) -> None:
    """Whatever is in the private columns, the answers are the same: no mask, no hash, no digit."""
    before = await every_answer(client)
    for doctor in DOCTORS:
        await postgres.execute(
            "UPDATE users SET email = $1, phone_number = $2, password_hash = $3,"
            " medical_license_number = $4 WHERE id = $5",
            *private(secret_probe).values(),
            doctor["user_id"],
        )
    after = await every_answer(client)
    changed = [route for route in before if before[route].content != after[route].content]
    if changed:
        refuse(
            saw=f"{', '.join(changed)} answered differently after nothing but "
            f"{', '.join(PRIVATE)} had changed in the database",
            wants="answers that depend on public columns alone",
            look_at=endpoint(changed[0]),
        )


@pytest.mark.guideline("L32")
async def test_a_profile_update_changes_the_profile_only(
    client: AsyncClient,
    postgres: PostgresDatabase,
    secret_probe: SecretProbe,
    serve: Serve,
    sql_probe: SqlProbe,
) -> None:
    """PATCH /users/me refuses or ignores every field that is not part of the profile."""
    sent = {
        "roles": ["admin"],
        "verification_status": "verified",
        **private(secret_probe),
    }
    before = after = await row(postgres)
    unsent, place = "", None  # the first change of the profile, which nobody asked for
    for field, value in sent.items():
        with sql_probe.record() as statements:
            answer = await client.patch(ME, json={field: value}, headers=AS_FARAH)
        expect_no_crash(serve, answer, sent=field)
        known, after = after, await row(postgres)
        for column in PROFILE:
            if not unsent and after[column] != known[column]:
                unsent = (
                    f"PATCH /users/me with {field} alone: {column} was not sent, and was changed"
                    f" from {known[column]!r} to {after[column]!r}"
                )
                place = writer(statements)
    changed = [column for column in before if after[column] != before[column]]
    granted = [column for column in changed if column not in PROFILE]
    if granted:
        refuse(
            saw=f"Dr. Farah Siddiqui set her own {', '.join(granted)} by PATCH /users/me",
            wants="full_name, specialty, city and bio can be changed there, and nothing else",
            look_at=endpoint("PATCH /users/me"),
        )
    if changed:
        refuse(saw=unsent, wants="what is not sent stays as it was", look_at=place)


@pytest.mark.guideline("L32")
async def test_a_registration_grants_nothing(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """Nobody becomes verified, or an admin, by saying so in the registration."""
    for claim in ({"roles": ["user", "admin"]}, {"verification_status": "verified"}):
        answer = await client.post(USERS, json=registration(secret_probe) | claim)
        expect_no_crash(serve, answer, sent=json.dumps(claim))
    granted = await postgres.fetch(
        "SELECT roles, verification_status FROM users WHERE full_name = 'Dr. Vikram Rao'"
        " AND (roles <> '{user}' OR verification_status <> 'unverified')"
    )
    if granted:
        seen = [f"{', '.join(user['roles'])} ({user['verification_status']})" for user in granted]
        refuse(
            saw=f"POST /users made new accounts with what they claimed: {'; '.join(seen)}",
            wants="every new account is a user, and unverified",
            look_at=endpoint("POST /users"),
        )


@pytest.mark.guideline("L32")
async def test_a_registration_asks_for_what_an_account_needs(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """A registration without an e-mail address, a password or a name is refused, though a profile
    update may leave the name out."""
    forms = {}
    for missing in ("email", "password", "full_name"):
        form: dict[str, Any] = dict(registration(secret_probe))
        del form[missing]
        forms[f"without {missing}"] = form
    await expect_no_account(client, postgres, serve, forms)


async def test_every_answer_shows_the_public_fields(
    client: AsyncClient, secret_probe: SecretProbe, serve: Serve
) -> None:
    """The cards in the app find the fields that they show, on every route."""
    form = registration(secret_probe)
    answers = await every_answer(client, form)
    bodies = {route: expect_success(serve, answer) for route, answer in answers.items()}
    newcomer = {**form, "bio": None, "verification_status": "unverified"}
    newcomer["user_id"] = bodies["POST /users"].get("user_id")
    seen = {
        "GET /users": bodies["GET /users"]["items"],
        "GET /posts": [card["author"] for card in reversed(bodies["GET /posts"]["items"])],
        "PATCH /users/me": [bodies["PATCH /users/me"]],
        "POST /users": [bodies["POST /users"]],
    }
    expected = {
        "GET /users": DOCTORS,
        "GET /posts": DOCTORS,
        "PATCH /users/me": [doctor for doctor in DOCTORS if doctor["user_id"] == str(FARAH)],
        "POST /users": [newcomer],
    }
    for route, people in expected.items():
        expect_equal(
            [public(person) for person in seen[route]],
            [public(person) for person in people],
            name=route,
            wants=f"the public fields: {', '.join(PUBLIC)}",
            look_at=endpoint(route),
        )


async def test_a_profile_update_still_works(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """Each profile field can be changed, all but the name emptied; no other column changes."""
    changes = [
        ("full_name", "Dr. Farah S. Siddiqui"),
        ("specialty", "emergency-medicine"),
        ("city", "Delhi"),
        ("bio", "Fevers."),
        ("specialty", None),
        ("city", None),
        ("bio", None),
    ]
    expected = await row(postgres)
    for field, value in changes:
        expect_success(serve, await client.patch(ME, json={field: value}, headers=AS_FARAH))
        expected[field] = value
        expect_equal(
            await row(postgres),
            expected,
            name=f"after PATCH with {json.dumps({field: value})}, users",
            wants="what was sent stored, and nothing else touched",
            look_at=endpoint("PATCH /users/me"),
        )


@pytest.mark.parametrize("name", [None, ""], ids=["null", "empty"])
async def test_a_name_cannot_be_emptied(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, name: str | None
) -> None:
    """A profile update without a usable name is refused, or leaves the name alone."""
    before = await row(postgres)
    answer = await client.patch(ME, json={"full_name": name}, headers=AS_FARAH)
    expect_no_crash(serve, answer, sent=json.dumps({"full_name": name}))
    expect_equal(
        await row(postgres),
        before,
        name=f"after PATCH with {json.dumps({'full_name': name})}, users",
        wants="a 422, or the name as it was",
        look_at=endpoint("PATCH /users/me"),
    )


async def test_a_registration_with_empty_fields_or_a_short_password_is_refused(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """What an account needs is there only if there is something in it."""
    bad = [(field, value) for field in ("email", "password", "full_name") for value in ("", None)]
    bad += [("password", "eleven-char"), ("email", "nobody")]
    forms = {
        f"with {json.dumps({field: value})}": registration(secret_probe) | {field: value}
        for field, value in bad
    }
    await expect_no_account(client, postgres, serve, forms)


async def test_a_field_takes_as_much_as_before(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """Each field takes as many characters as it did, and not one more."""
    for field, longest in LONGEST.items():
        form = registration(secret_probe) | {field: "7" * longest}
        expect_success(serve, await client.post(USERS, json=form))
    forms = {
        f"with {longest + 1} characters of {field}": registration(secret_probe)
        | {field: "7" * (longest + 1)}
        for field, longest in LONGEST.items()
    }
    await expect_no_account(client, postgres, serve, forms)
    before = await row(postgres)
    for field in PROFILE:
        fits, too_long = "7" * LONGEST[field], "7" * (LONGEST[field] + 1)
        answers = [
            await client.patch(ME, json={field: value}, headers=AS_FARAH)
            for value in (fits, too_long)
        ]
        expect_success(serve, answers[0])
        serve.expect(answers[1], 422, wants=f"at most {LONGEST[field]} characters of {field}")
        before[field] = fits
    expect_equal(await row(postgres), before, name="users", wants="what fits stored, no more")


async def test_the_shortest_that_counts_is_enough(
    client: AsyncClient, secret_probe: SecretProbe, serve: Serve
) -> None:
    """A name of one letter, a password of twelve, no phone and no licence: that is an account."""
    form = registration(secret_probe) | {"full_name": "R", "password": "twelve-chars"}
    for optional in ("phone_number", "medical_license_number", "specialty", "city"):
        del form[optional]
    expect_success(serve, await client.post(USERS, json=form))
    expect_success(serve, await client.patch(ME, json={"full_name": "F"}, headers=AS_FARAH))


async def test_a_page_of_doctors_is_sorted_and_bounded(
    client: AsyncClient, secret_probe: SecretProbe, serve: Serve
) -> None:
    """The directory lists the first names of the alphabet, as many as were asked for."""
    newcomer = registration(secret_probe) | {"full_name": "Dr. Aarav Nair"}
    expect_success(serve, await client.post(USERS, json=newcomer))
    page = expect_success(serve, await client.get(USERS, params={"limit": 2}))
    names = [doctor["full_name"] for doctor in page["items"]]
    expect_equal(
        names,
        ["Dr. Aarav Nair", "Dr. Asha Menon"],
        name="GET /users?limit=2",
        wants="the first two by name",
        look_at=endpoint("GET /users"),
    )


async def test_a_registration_stores_what_was_typed_in(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """What no answer shows is taken in all the same, the password as a hash that matches it."""
    form = registration(secret_probe)
    expect_success(serve, await client.post(USERS, json=form))
    stored = await postgres.fetch("SELECT * FROM users WHERE full_name = $1", form["full_name"])
    password = form.pop("password")
    opens = matches(stored[0].pop("password_hash"), password)
    expect_equal(
        {"password_opens_the_account": opens, **{field: stored[0][field] for field in form}},
        {"password_opens_the_account": True, **form},
        name="the row in users",
        wants="what was typed in, stored",
        look_at=endpoint("POST /users"),
    )


async def test_a_refused_registration_does_not_repeat_the_password(
    client: AsyncClient, postgres: PostgresDatabase, secret_probe: SecretProbe, serve: Serve
) -> None:
    """A 422 names the field that is wrong, without what was typed in."""
    form = registration(secret_probe) | {"email": "nobody"}
    forms = {'with {"email": "nobody"}': form}
    (answer,) = await expect_no_account(client, postgres, serve, forms)
    secret_probe.assert_absent(
        answer,
        where="the 422",
        wants="no password in an error",
        look_at=endpoint("POST /users"),
    )


async def every_answer(
    client: AsyncClient, form: dict[str, str] | None = None
) -> dict[str, Response]:
    """Return the answer of every route; a registration only where there is a form."""
    answers = {
        "PATCH /users/me": await client.patch(ME, json={"city": "Lucknow"}, headers=AS_FARAH),
        "GET /users": await client.get(USERS),
        "GET /posts": await client.get(POSTS),
    }
    if form:
        answers["POST /users"] = await client.post(USERS, json=form)
    return answers


def private(secret_probe: SecretProbe) -> dict[str, str]:
    """Return a secret for every private column."""
    phone_number = f"+91{secrets.randbelow(10**10):010}"
    secret_probe.planted[phone_number] = "phone_number"
    return {
        "email": f"{secret_probe.plant('email')}@example.org".lower(),
        "phone_number": phone_number,
        "password_hash": secret_probe.plant("password_hash"),
        "medical_license_number": secret_probe.plant("medical_license_number"),
    }


def registration(secret_probe: SecretProbe) -> dict[str, str]:
    """Return a form as the app sends it, full of secrets."""
    hidden = private(secret_probe)
    del hidden["password_hash"]
    return {
        **hidden,
        "password": secret_probe.plant("password"),
        "full_name": "Dr. Vikram Rao",
        "specialty": "radiology",
        "city": "Chennai",
    }


async def expect_no_account(
    client: AsyncClient,
    postgres: PostgresDatabase,
    serve: Serve,
    forms: Mapping[str, Mapping[str, str | None]],
) -> list[Response]:
    """Demand a 422 for each form, and no account from any; the forms are named by what is wrong."""
    __tracebackhide__ = True
    known = await postgres.fetchval("SELECT count(*) FROM users")
    answers = {name: await client.post(USERS, json=form) for name, form in forms.items()}
    made = await postgres.fetchval("SELECT count(*) FROM users") - known
    wrong = [(name, it.status_code) for name, it in answers.items() if it.status_code != 422]
    if made or wrong:
        told = ", ".join(f"{status} {name}" for name, status in wrong) or "422"
        refuse(
            saw=f"POST /users: {told}; accounts made: {made}{crash(serve)}",
            wants="422 for each, and no account",
            look_at=endpoint("POST /users"),
        )
    return list(answers.values())


def leaks_of(answer: Response, secret_probe: SecretProbe) -> list[str]:
    """Return what an answer shows too much: by the names of its keys, else by its text."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for path, key in surplus_keys(answer.json()):
        if key not in named[path]:
            named[path].append(key)
    if named:
        return [f"{', '.join(keys)} in {path or 'the body'}" for path, keys in named.items()]
    return list(dict.fromkeys(secret_probe.leaks(answer)))


def surplus_keys(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key in a JSON body that shows more than the public fields, and its path."""
    if isinstance(body, list):
        for entry in body:
            yield from surplus_keys(entry, f"{path}[]")
    if isinstance(body, dict):
        is_user = not body.keys().isdisjoint(("user_id", "full_name"))
        for key, value in body.items():
            if key in NEVER_SHOWN or (is_user and key not in PUBLIC):
                yield path, key
            yield from surplus_keys(value, f"{path}.{key}".lstrip("."))


def writer(statements: Statements) -> str | None:
    """Return the place in src/users that sent the UPDATE, where it came from there."""
    places = [one.where for one in statements if one.text.startswith("UPDATE users") and one.where]
    return next((str(where) for where in places if where.file.startswith("src/users/")), None)


async def row(postgres: PostgresDatabase) -> dict[str, Any]:
    """Return Farah's row in the table users."""
    return (await postgres.fetch("SELECT * FROM users WHERE id = $1", FARAH))[0]


def public(person: dict[str, Any]) -> dict[str, Any]:
    """Return the public fields that a person in an answer has."""
    return {field: person[field] for field in PUBLIC if field in person}


def expect_success(serve: Serve, answer: Response) -> Any:
    __tracebackhide__ = True
    status = 201 if answer.request.method == "POST" else 200
    return serve.expect(answer, status, wants="the route works as before").json()


def expect_no_crash(serve: Serve, answer: Response, *, sent: str) -> None:
    """Demand that a request was obeyed, ignored or refused; a crash is none of these."""
    __tracebackhide__ = True
    if answer.status_code >= 500:
        route = f"{answer.request.method} {answer.request.url.path.removeprefix('/api/v1')}"
        refuse(
            saw=f"{answer.status_code} for {route} with {sent}{crash(serve)}",
            wants="422 for a value that is refused, 200 or 201 for one that is ignored",
            look_at=endpoint(route),
        )


def crash(serve: Serve) -> str:
    """Return what the app raised last, by its name and place, as a line of its own."""
    if not serve.errors:
        return ""
    error = serve.errors[-1]
    place = f" at {error.where}" if error.where else ""
    return f"\nthe app raised {type(error.exception).__name__}{place}"


def matches(stored: str | None, password: str) -> bool:
    """Return whether a hash of `hash_password` is that of the password."""
    kind, salt, key = (stored or "none$$").split("$")
    made = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1)
    return kind == "scrypt" and made.hex() == key


def endpoint(route: str) -> str | None:
    """Return where the endpoint of a route is."""
    module, name = ENDPOINTS[route]
    return str(where_defined(getattr(module, name, None)) or "") or None
