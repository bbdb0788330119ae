"""A validator says what is wrong as a ValueError, and Pydantic gathers what they all say."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, TypeAlias

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response

from src.main import create_app

Form: TypeAlias = dict[str, Any]
Line: TypeAlias = tuple[str, object]

CHECK, CHECK_LIST = "/api/v1/verifications/check", "/api/v1/verifications/check-list"
LICENSES = "/api/v1/licenses"
VALIDATORS = "src/verifications/validators.py, src/verifications/schemas.py"

EACH_FIELD = "422, with one entry in error.details for each wrong field, and its loc"

FORM: Form = {
    "full_name": "Dr. Farah Siddiqui",
    "license_number": "UP-04471",
    "phone_number": "+919999900003",
    "issued_on": "2014-06-30",
    "expires_on": "2099-06-30",
    "years_of_experience": 9,
}
TODAY = datetime.now(UTC).date()
FUTURE = "2098-01-01"
LAST = {"DL": 98_000, "KA": 182_000, "KL": 94_500, "MH": 240_000, "TN": 171_000, "UP": 126_000}
WRONG_LICENSES = [
    "",
    "-",
    "UP",
    "04471",
    "UP04471",
    "UP-12",
    "UP-1234567",
    "UP-0004471",
    "UP-44 71",
    "UP-447I",
    "UP-" + "\N{ARABIC-INDIC DIGIT FOUR}" * 5,
    "UP-04471-1",
    "UP-126001",
    "KL-094501",
    "GJ-04471",
    "GJ-000",
    "-04471",
]
WRONG_PHONES = [
    "",
    "9999900003",
    "919999900003",
    "+449999900003",
    "+91999990000",
    "+9199999000033",
    "+915999900003",
    "+91999990000x",
    "+91" + "\N{ARABIC-INDIC DIGIT NINE}" * 10,
]
WRONG: dict[str, list[Any]] = {
    "full_name": ["", "x" * 151, None],
    "license_number": [*WRONG_LICENSES, None, 4471],
    "phone_number": [*WRONG_PHONES, None, 9999900003],
    "issued_on": [FUTURE, "30/06/2014", "", None],
    "expires_on": ["30/06/2031", "", None],
    "years_of_experience": [-1, 81, "many"],
}
MIXED: dict[str, list[Any]] = {
    "full_name": [""],
    "license_number": ["UP-12", "KL-094501", "GJ-04471"],
    "phone_number": ["9999900003"],
    "issued_on": ["30/06/2014", FUTURE],
    "expires_on": ["soon"],
    "years_of_experience": [81],
}
FITTING: list[tuple[Form, Form]] = [
    ({}, {}),
    ({"license_number": " up-04471 "}, {}),
    *(
        ({"license_number": f"{council}-{last:06}"}, {"license_number": f"{council}-{last:06}"})
        for council, last in LAST.items()
    ),
    ({"license_number": "kl-000"}, {"license_number": "KL-000"}),
    ({"phone_number": "+91 99999-00003"}, {}),
    ({"phone_number": "+91 60000 00000"}, {"phone_number": "+916000000000"}),
    ({"issued_on": str(TODAY)}, {"issued_on": str(TODAY)}),
    ({"expires_on": "2014-07-01"}, {"expires_on": "2014-07-01"}),
    ({"full_name": "x", "years_of_experience": 0}, {"full_name": "x", "years_of_experience": 0}),
    ({"full_name": "x" * 150, "years_of_experience": 80},) * 2,
]


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L273")
async def test_a_wrong_field_is_told_by_its_name(client: AsyncClient) -> None:
    """Whatever is wrong with a field, the answer is a 422 that names it, and gives a reason."""
    wrong: list[Line] = []
    for field, values in WRONG.items():
        for value in values:
            answer = await client.post(CHECK, json=FORM | {field: value})
            wrong += unexpected(answer, [field], {field: value})
        left_out = {name: value for name, value in FORM.items() if name != field}
        answer = await client.post(CHECK, json=left_out)
        wrong += unexpected(answer, [field], f"a form without {field}")
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_a_licence_expires_after_it_was_issued(client: AsyncClient) -> None:
    """A rule about two fields is told like a rule about one."""
    wrong: list[Line] = []
    for day in ("2014-06-30", "2014-06-29", "1998-01-01"):
        answer = await client.post(CHECK, json=FORM | {"expires_on": day})
        if told(answer) not in ([["body", "expires_on"]], [["body"]]):
            wrong += unexpected(
                answer, ["expires_on"], {"issued_on": "2014-06-30", "expires_on": day}
            )
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_all_wrong_fields_are_told_at_once(client: AsyncClient) -> None:
    """A form is corrected once: two wrong fields, or all of them, are in one answer."""
    single = [(field, value) for field, values in MIXED.items() for value in values]
    pairs = [dict(pair) for pair in combinations(single, 2)]
    everything = {field: values[-1] for field, values in MIXED.items()}
    wrong: list[Line] = []
    for changes in (pair for pair in [*pairs, everything] if len(pair) > 1):
        answer = await client.post(CHECK, json=FORM | changes)
        wrong += unexpected(answer, list(changes), changes)
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_the_order_of_the_dates_hides_no_other_field(client: AsyncClient) -> None:
    """Dates in the wrong order may be told later, and the other fields are told now."""
    wrong: list[Line] = []
    for field, values in MIXED.items():
        for value in values if field not in {"issued_on", "expires_on"} else []:
            changes = {field: value, "expires_on": "1998-01-01"}
            answer = await client.post(CHECK, json=FORM | changes)
            found = [loc for loc in told(answer) if loc not in (["body", "expires_on"], ["body"])]
            if answer.status_code != 422 or found != [["body", field]]:
                wrong += unexpected(answer, list(changes), changes)
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_a_number_in_the_path_is_told_by_its_name(client: AsyncClient) -> None:
    """A type does the same wherever it stands: in a form, and in the address of a request."""
    wrong: list[Line] = []
    for number in ("UP-12", "KL-094501", "GJ-04471", "04471", "%20"):
        answer = await client.get(f"{LICENSES}/{number}")
        wrong += unexpected(answer, ["license_number"], f"/licenses/{number}", place="path")
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_a_list_is_checked_row_by_row(client: AsyncClient, serve: Serve) -> None:
    """A row that does not fit is reported, with its fields, and the rows around it are checked."""
    single = [{field: value} for field, values in WRONG.items() for value in values]
    several = [{"license_number": "GJ-04471", "phone_number": "", "years_of_experience": 81}]
    changes = [{}, *single, {}, *several, {"expires_on": "1998-01-01"}, {}]
    answer = await client.post(CHECK_LIST, json={"rows": [FORM | change for change in changes]})
    report = serve.expect(answer, 200, wants="a report, whatever is in the rows").json()
    expected = {
        "fitting": 3,
        "refused": [
            {"row": row, "fields": sorted(change)}
            for row, change in enumerate(changes, 1)
            if change
        ],
    }
    for refused in report["refused"]:
        refused["fields"] = [
            "expires_on" if it == "dates" else it for it in sorted(refused["fields"])
        ]
    expect_equal(
        report, expected, name="the report", wants="each row that does not fit, by its fields"
    )


async def test_what_fits_is_taken_in_one_form(client: AsyncClient, serve: Serve) -> None:
    """A licence is written in capitals, a phone number without blanks and hyphens."""
    for sent, taken in FITTING:
        answer = await client.post(CHECK, json=FORM | sent)
        form = serve.expect(answer, 200, wants="200 for a form that fits").json()
        expect_equal(form, FORM | taken, name="the form", wants="what was sent, written in one way")


async def test_what_fits_in_the_path_is_taken_in_one_form(
    client: AsyncClient, serve: Serve
) -> None:
    """The licence that is looked up is the one that is written in capitals."""
    for number, is_withdrawn in (("UP-10101", True), ("mh-00013", True), ("UP-10102", False)):
        answer = serve.expect(await client.get(f"{LICENSES}/{number}"), 200, wants="a licence")
        expected = {"license_number": number.upper(), "is_withdrawn": is_withdrawn}
        expect_equal(answer.json(), expected, wants="the licence, and whether it was withdrawn")


async def test_a_list_has_up_to_500_rows(client: AsyncClient, serve: Serve) -> None:
    """A list that is too long is refused whole, and so is what is no list of rows."""
    for rows, status in (([], 200), ([FORM] * 500, 200), ([FORM] * 501, 422), ([FORM, 7], 422)):
        answer = await client.post(CHECK_LIST, json={"rows": rows})
        serve.expect(answer, status, wants="up to 500 rows")
    answer = await client.post(CHECK_LIST, json={"rows": [FORM] * 500})
    expect_equal(answer.json(), {"fitting": 500, "refused": []}, wants="500 rows that fit")


async def test_a_refusal_does_not_send_the_form_back(client: AsyncClient) -> None:
    """What was typed in is not repeated by the answer, nor by the reason."""
    for field, value in (
        ("license_number", "GJ-90210"),
        ("license_number", "UP 90210"),
        ("license_number", "KL-094777"),
        ("phone_number", "+44 7700 900999"),
        ("issued_on", "2097-04-05"),
        ("expires_on", "1997-04-05"),
    ):
        answer = await client.post(CHECK, json=FORM | {field: value})
        if answer.status_code == 422 and value in answer.text:
            refuse(
                saw=f"{field}: the answer has {value} in it, which was sent",
                wants="a reason that does not repeat the value",
                look_at=VALIDATORS,
            )


def unexpected(
    answer: Response, fields: list[str], sent: object, *, place: str = "body"
) -> Iterator[Line]:
    """Yield what was seen, and for what, if it is no 422 with these fields, each with a reason."""
    seen = told(answer)
    if answer.status_code == 422 and sorted(seen) == sorted([place, field] for field in fields):
        reasons = [detail["msg"] for detail in answer.json()["error"]["details"]]
        if not all(reason.removeprefix("Value error,").strip() for reason in reasons):
            yield "422 without a reason", sent
        return
    names = ", ".join(".".join(loc) for loc in seen) or "no field"
    yield f"{answer.status_code} with {names}" if answer.status_code < 500 else "a 500", sent


def told(answer: Response) -> list[list[str]]:
    """Return the places that an answer names as wrong."""
    body = answer.json() if answer.status_code < 500 else {}
    details = body.get("error", {}).get("details", [])
    return [list(map(str, detail["loc"])) for detail in details]


def refuse_lines(lines: list[Line], *, wants: str) -> None:
    """Fail with the lines, if there are any: what was seen often is told once."""
    __tracebackhide__ = True
    seen: dict[str, list[object]] = {}
    for what, sent in lines:
        seen.setdefault(what, []).append(sent)
    told_once = [
        f"{what}, for {sent[0]}" + (f" and {len(sent) - 1} more" if len(sent) > 1 else "")
        for what, sent in seen.items()
    ]
    if told_once:
        rest = [f"and {len(told_once) - 7} other answers"] if len(told_once) > 7 else []
        refuse(saw="\n".join([*told_once[:7], *rest]), wants=wants, look_at=VALIDATORS)
