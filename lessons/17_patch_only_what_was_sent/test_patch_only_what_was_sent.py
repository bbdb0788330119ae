"""A PATCH changes what was sent, all of it and nothing else, and null is a value."""

import json
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncClient, Response

from seed import FARAH, ROHAN, add_doctors, seed
from src.main import create_app

Form: TypeAlias = dict[str, Any]

ME = "/api/v1/users/me"
AS_FARAH = {"X-User-Id": str(FARAH["user_id"])}
AS_ROHAN = {"X-User-Id": str(ROHAN["user_id"])}
SETTINGS: Form = dict(FARAH["notifications"])  # type: ignore[call-overload]  # a dict, among strings
SERVICE, SCHEMAS = "src/users/service.py", "src/users/schemas.py"

ONLY_WHAT_WAS_SENT = "what was sent is changed, and all the rest stays as it was"
NULL_IS_A_VALUE = "null empties what may be empty"
NULL_IS_REFUSED = "422 for null where there must be a value"

MAY_BE_EMPTY = ("specialty", "city", "phone_number", "years_of_experience")
MUST_HAVE_A_VALUE = ("full_name", "bio", "languages", "notifications")
NEW: Form = {
    "full_name": "Dr. Farah S. Khan",
    "bio": "",
    "specialty": "emergency-medicine",
    "city": "Pune",
    "phone_number": "+919999900033",
    "years_of_experience": 0,
    "languages": [],
}
SHORTEST: Form = {"full_name": "A", "specialty": "A", "city": "A", "languages": ["hi"]}
LONGEST: Form = {
    "full_name": "x" * 150,
    "bio": "x" * 2000,
    "specialty": "x" * 100,
    "city": "x" * 100,
    "phone_number": "+" + "9" * 15,
    "years_of_experience": 80,
    "languages": ["hi"] * 10,
    "notifications": SETTINGS | {"quiet_from": 23, "quiet_until": 0},
}
OUTSIDE: dict[str, list[Any]] = {
    "full_name": ["x" * 151],
    "bio": ["x" * 2001],
    "city": ["", "x" * 101],
    "phone_number": ["9999900003", "+999"],
    "years_of_experience": [-1, "many"],
    "languages": [["hi", "English"], ["hi"] * 11, "hi"],
    "notifications": [5, "off"],
}
WRONG_SETTINGS: list[Form] = [{"quiet_from": -1}, {"quiet_until": 24}, {"by_email": "sometimes"}]
UNTOUCHED = ("by_email", "quiet_from", "quiet_until")
CHANGED_SETTINGS: list[Form] = [
    {"by_push": False},
    {"by_email": True},
    {"quiet_from": 0},
    {"quiet_until": 23, "by_push": False},
    {},
]


class Patch:
    """Sends changes of Farah's, each to her profile as it was, and looks at what is stored."""

    def __init__(self, client: AsyncClient, postgres: PostgresDatabase, serve: Serve) -> None:
        self._client = client
        self._postgres = postgres
        self._serve = serve

    async def send(self, form: Form) -> Response:
        """Bring her first profile back, and send the form."""
        await self._postgres.execute("TRUNCATE users")
        await add_doctors(self._postgres)
        return await self._client.patch(ME, json=form, headers=AS_FARAH)

    async def changes(self, form: Form, expected: Form, *, wants: str) -> None:
        """Demand that the form changes these fields, in the answer and in the table."""
        __tracebackhide__ = True
        answer = self._serve.expect(await self.send(form), 200, wants=wants).json()
        profile = FARAH | expected
        right = "the answer is right, and the stored " if answer == profile else ""
        await self.expect_stored(expected, after=form, wants=wants, name=f"{right}profile")
        expect_equal(answer, profile, wants=f"the answer is the profile as it is now; {sent(form)}")

    async def refuses(self, *forms: Form, wants: str) -> None:
        """Demand a 422 for each form, and that nothing is stored."""
        __tracebackhide__ = True
        taken = []
        for form in forms:
            raised = len(self._serve.errors)
            answer = await self.send(form)
            if answer.status_code != 422:
                errors = [type(error.exception).__name__ for error in self._serve.errors[raised:]]
                taken.append(", ".join([f"{answer.status_code} for {json.dumps(form)}", *errors]))
            else:
                await self.expect_stored({}, after=form, wants=wants)
        if taken:
            refuse(saw="\n".join(taken), wants=wants, look_at=SCHEMAS)

    async def expect_stored(
        self, expected: Form, *, after: Form, wants: str, name: str = "profile"
    ) -> None:
        """Demand that her profile is the first one with these changes, and Rohan's is his."""
        __tracebackhide__ = True
        wants = f"{wants}; {sent(after)}"
        for doctor, headers in ((FARAH | expected, AS_FARAH), (ROHAN, AS_ROHAN)):
            response = await self._client.get(ME, headers=headers)
            profile = self._serve.expect(response, 200, wants="a profile for its doctor").json()
            expect_equal(profile, doctor, name=name, wants=wants, look_at=SERVICE)


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
async def patch(client: AsyncClient, postgres: PostgresDatabase, serve: Serve) -> Patch:
    return Patch(client, postgres, serve)


@pytest.mark.guideline("L294")
async def test_null_empties_what_may_be_empty(patch: Patch) -> None:
    """Null is a value: whoever sends it wants the field empty."""
    for field in MAY_BE_EMPTY:
        await patch.changes({field: None}, {field: None}, wants=NULL_IS_A_VALUE)


@pytest.mark.guideline("L294")
async def test_a_setting_leaves_the_other_settings_alone(patch: Patch) -> None:
    """What is inside a field is changed like the field: only what was sent."""
    for changed in CHANGED_SETTINGS:
        settings = {"notifications": SETTINGS | changed}
        await patch.changes({"notifications": changed}, settings, wants=ONLY_WHAT_WAS_SENT)


@pytest.mark.guideline("L294")
async def test_null_empties_a_setting(patch: Patch) -> None:
    """Null is a value inside of a field, too."""
    quiet: Form = {"quiet_from": None, "quiet_until": None}
    for changed in ({"quiet_from": None}, quiet):
        settings = {"notifications": SETTINGS | changed}
        await patch.changes({"notifications": changed}, settings, wants=NULL_IS_A_VALUE)


@pytest.mark.guideline("L294")
async def test_null_is_refused_where_there_must_be_a_value(patch: Patch) -> None:
    """A client that sends null for a name learns that nothing was done."""
    forms: list[Form] = [{field: None} for field in MUST_HAVE_A_VALUE]
    forms += [{"notifications": {switch: None}} for switch in ("by_email", "by_push")]
    forms += [{"city": "Pune", "full_name": None}]
    await patch.refuses(*forms, wants=NULL_IS_REFUSED)


@pytest.mark.guideline("L294")
async def test_each_field_is_changed_alone(patch: Patch) -> None:
    """A field that was not sent keeps its value; 0, an empty text and an empty list are values."""
    for field, value in NEW.items():
        await patch.changes({field: value}, {field: value}, wants=ONLY_WHAT_WAS_SENT)


async def test_all_fields_are_changed_at_once(patch: Patch) -> None:
    """One request may change everything."""
    settings = {"by_email": True, "by_push": False, "quiet_from": 1, "quiet_until": 2}
    everything = NEW | {"notifications": settings}
    await patch.changes(everything, everything, wants="all that was sent is changed")


async def test_nothing_sent_is_nothing_changed(patch: Patch) -> None:
    """An empty PATCH is answered with the profile as it is."""
    await patch.changes({}, {}, wants=ONLY_WHAT_WAS_SENT)


@pytest.mark.parametrize(
    "form",
    [
        {"verification_status": "verified"},
        {"user_id": ROHAN["user_id"]},
        {"is_admin": True, "roles": ["admin"]},
    ],
    ids=["verified", "somebody else", "admin"],
)
async def test_what_is_not_hers_to_change_stays(
    patch: Patch, postgres: PostgresDatabase, form: Form
) -> None:
    """A doctor does not verify herself, and does not become somebody else."""
    status = (await patch.send(form)).status_code
    wants = f"only the fields of a profile change; {sent(form)}"
    if status not in {200, 422}:
        refuse(saw=f"status {status}", wants=f"200 or 422: ignored or refused; {sent(form)}")
    await patch.expect_stored({}, after=form, wants=wants)
    rows = await postgres.fetch("SELECT DISTINCT verification_status FROM users")
    expect_equal(rows, [{"verification_status": "pending"}], name="users", wants=wants)


@pytest.mark.parametrize(
    "form",
    [{"by_push": "off"}, {"by_push": False, "theme": "dark"}],
    ids=["a word", "a stranger"],
)
async def test_settings_are_stored_as_what_they_are(
    patch: Patch, postgres: PostgresDatabase, form: Form
) -> None:
    """A switch is stored as true or false, and what is no setting is not stored."""
    wants = f"settings that are known, as booleans and hours; {sent({'notifications': form})}"
    status = (await patch.send({"notifications": form})).status_code
    if status not in {200, 422}:
        refuse(saw=f"status {status}", wants=f"200 or 422: taken or refused; {wants}")
    text = await postgres.fetchval(
        "SELECT notifications::text FROM users WHERE id = $1::uuid", FARAH["user_id"]
    )
    stored = {name: value for name, value in json.loads(text).items() if name not in UNTOUCHED}
    expected = {"by_push": status != 200}
    expect_equal(stored, expected, name="stored", wants=wants, look_at=SERVICE)


async def test_what_does_not_fit_is_refused_whole(patch: Patch) -> None:
    """A form with one wrong value changes nothing, the right ones in it included."""
    await patch.refuses(
        {"city": "Pune", "years_of_experience": 81},
        {"city": None, "full_name": ""},
        {"bio": "", "notifications": {"by_push": False, "quiet_from": 24}},
        *({field: value} for field, values in OUTSIDE.items() for value in values),
        *({"notifications": settings} for settings in WRONG_SETTINGS),
        wants="422 for a value that does not fit, and nothing stored",
    )


async def test_what_fits_is_taken(patch: Patch) -> None:
    """The shortest and the longest that were valid before are valid still."""
    for form in (SHORTEST, LONGEST):
        await patch.changes(form, form, wants="what is a valid value stays as it is")


async def test_settings_from_before_have_defaults(
    patch: Patch, postgres: PostgresDatabase, client: AsyncClient, serve: Serve
) -> None:
    """A doctor who has never looked at the settings gets mails and messages until she says no."""
    await postgres.execute("UPDATE users SET notifications = '{}'")
    wants = "mail and messages on, no quiet hours, but for what was sent"
    never = {"by_email": True, "by_push": True, "quiet_from": None, "quiet_until": None}
    for form, expected in ({}, never), ({"by_push": False}, never | {"by_push": False}):
        response = await client.patch(ME, json={"notifications": form}, headers=AS_FARAH)
        settings = serve.expect(response, 200, wants=wants).json()["notifications"]
        expect_equal(settings, expected, name="notifications", wants=wants, look_at=SERVICE)


def sent(form: Form) -> str:
    """Say what was sent, as JSON has it."""
    return f"sent was {shorten(json.dumps(form), 200)}"
