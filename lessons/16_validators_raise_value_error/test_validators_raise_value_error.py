"""A validator says what is wrong as a ValueError, and Pydantic gathers what they all say."""

import json
import re
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

EACH_FIELD = "422, with one entry in error.details for each wrong field, its loc and a reason"
ORDER = "422, at expires_on or for the whole body (one of them), and a reason"
EACH_ROW = "each row that does not fit, with the fields that are wrong, and no other row"
ONE_FORM = "what fitted before, taken as it was sent, or written in one way"

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
    "UP -04471",
    "UP- 4471",
    "UP-+4471",
    "UP-4_471",
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
    "+919999900003\n",
    "+91\t99999 00003",
    "+91 (99999) 00003 home",
    "+91+919999900003",
]
WRONG: dict[str, list[Any]] = {
    "full_name": ["", "x" * 151, None],
    "license_number": [*WRONG_LICENSES, None, 4471],
    "phone_number": [*WRONG_PHONES, None, 9999900003],
    "issued_on": [FUTURE, "30/06/2014", "20140630", "2014-06-30T09:30:00", "", None],
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
    ({"license_number": "\tUP-04471\n"}, {}),
    ({"phone_number": "+91 99999-00003"}, {}),
    ({"phone_number": " +91 99999 00003 "}, {}),
    ({"phone_number": "+91 60000 00000"}, {"phone_number": "+916000000000"}),
    ({"issued_on": str(TODAY)}, {"issued_on": str(TODAY)}),
    ({"expires_on": "2014-07-01"}, {"expires_on": "2014-07-01"}),
    ({"full_name": "x", "years_of_experience": 0}, {"full_name": "x", "years_of_experience": 0}),
    ({"full_name": "x" * 150, "years_of_experience": 80},) * 2,
    ({"full_name": "\t\t"},) * 2,
    ({"full_name": " Dr. Farah Siddiqui "},) * 2,
    ({"locale": "en-IN"}, {}),
    ({"issued_on": "2014-06-30T00:00:00", "years_of_experience": "9"}, {}),
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
        at = [] if told(answer) == [["body"]] else ["expires_on"]
        wrong += unexpected(answer, at, {"issued_on": "2014-06-30", "expires_on": day})
    refuse_lines(wrong, wants=ORDER)


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
    refuse_lines(wrong, wants=f"{EACH_FIELD}; the order of the dates at expires_on, or later")


@pytest.mark.guideline("L273")
async def test_a_number_in_the_path_is_told_by_its_name(client: AsyncClient) -> None:
    """A type does the same wherever it stands: in a form, and in the address of a request."""
    wrong: list[Line] = []
    for number in ("UP-12", "KL-094501", "GJ-04471", "04471", "%20"):
        answer = await client.get(f"{LICENSES}/{number}")
        wrong += unexpected(answer, ["license_number"], f"/licenses/{number}", place="path")
    refuse_lines(wrong, wants=EACH_FIELD)


@pytest.mark.guideline("L273")
async def test_a_list_is_checked_row_by_row(client: AsyncClient) -> None:
    """A row that does not fit is reported, with its fields, and the rows around it are checked."""
    single = [{field: value} for field, values in WRONG.items() for value in values]
    several = [{"license_number": "GJ-04471", "phone_number": "", "years_of_experience": 81}]
    changes = [{}, *single, {}, *several, {"expires_on": "1998-01-01"}, {}]
    answer = await client.post(CHECK_LIST, json={"rows": [FORM | change for change in changes]})
    report = expect_200(answer, f"{len(changes)} rows", wants="a report, whatever is in the rows")
    found = {refused["row"]: refused["fields"] for refused in report["refused"]}
    numbers = [refused["row"] for refused in report["refused"]]
    in_order = numbers == sorted(set(numbers))
    lines = [] if in_order else ["the rows are not told once each, in their order"]
    for row, change in enumerate(changes, start=1):
        seen = sorted("expires_on" if it == "dates" else it for it in found.pop(row, []))
        if seen != sorted(change):
            told = f"refused for {', '.join(seen)}" if seen else "not refused"
            lines.append(f"row {row} is {told}: it has {json.dumps(change) if change else 'FORM'}")
    if found:
        lines.append(f"there is no row {', '.join(map(str, found))}")
    if lines:
        rest = [f"and {len(lines) - 7} other rows"] if len(lines) > 7 else []
        refuse(saw="\n".join([*lines[:7], *rest]), wants=EACH_ROW, look_at=VALIDATORS)
    expect_equal(report["fitting"], 3, name="fitting", wants=EACH_ROW, look_at=VALIDATORS)


async def test_what_fits_is_taken_in_one_form(client: AsyncClient) -> None:
    """A licence is written in capitals, a phone number without blanks and hyphens."""
    for sent, taken in FITTING:
        what = f"a form with {json.dumps(sent)}" if sent else "the form of the tests"
        form = expect_200(await client.post(CHECK, json=FORM | sent), what, wants=ONE_FORM)
        name = f"for {what}, the answer"
        expect_equal(form, FORM | taken, name=name, wants=ONE_FORM, look_at=VALIDATORS)


async def test_what_fits_in_the_path_is_taken_in_one_form(client: AsyncClient) -> None:
    """The licence that is looked up is the one that is written in capitals."""
    for number, is_withdrawn in (("UP-10101", True), ("mh-00013", True), ("UP-10102", False)):
        answer = await client.get(f"{LICENSES}/{number}")
        licence = expect_200(answer, f"/licenses/{number}", wants="a licence that fits")
        expected = {"license_number": number.upper(), "is_withdrawn": is_withdrawn}
        wants = "the licence, and whether it was withdrawn"
        name = f"/licenses/{number}"
        expect_equal(licence, expected, name=name, wants=wants, look_at=VALIDATORS)


async def test_a_list_has_up_to_500_rows(client: AsyncClient) -> None:
    """A list that is too long is refused whole, and so is what is no list of rows."""
    for rows, status in (([], 200), ([FORM] * 500, 200), ([FORM] * 501, 422), ([FORM, 7], 422)):
        answer = await client.post(CHECK_LIST, json={"rows": rows})
        name = f"the status for {'a row that is no form' if 7 in rows else f'{len(rows)} rows'}"
        wants = "200 for up to 500 rows, 422 for more, or for what is none"
        expect_equal(answer.status_code, status, name=name, wants=wants, look_at=VALIDATORS)
    answer = await client.post(CHECK_LIST, json={"rows": [FORM] * 500})
    wants = "500 rows that fit"
    expect_equal(answer.json(), {"fitting": 500, "refused": []}, wants=wants, look_at=VALIDATORS)


async def test_a_refusal_does_not_send_the_form_back(client: AsyncClient) -> None:
    """What was typed in is not repeated by the answer, nor by the reason, in no other form."""
    for field, value, part in (
        ("license_number", "GJ-90210", "90210"),
        ("license_number", "up 90210", "90210"),
        ("license_number", "kl-094777", "94777"),
        ("license_number", "Kochi Medical", "kochi"),
        ("phone_number", "+44 7700 900999", "7700900999"),
        ("phone_number", "ward seven", "seven"),
        ("issued_on", "2097-04-05", "2097"),
        ("issued_on", "05/04/2097", "2097"),
        ("expires_on", "1997-04-05", "1997"),
        ("expires_on", "1997-04-05", "2014"),  # the year of issue
        ("full_name", "q" * 151, "qqqq"),
        ("years_of_experience", 8347, "8347"),
    ):
        answer = await client.post(CHECK, json=FORM | {field: value})
        refuse_repetition(answer, f"for {json.dumps({field: value})}", part)
    answer = await client.get(f"{LICENSES}/kl-094777")
    refuse_repetition(answer, "for /licenses/kl-094777", "94777")


def refuse_repetition(answer: Response, sent: str, part: str) -> None:
    """Fail if the answer has this part of what was sent, whatever stands between its characters."""
    __tracebackhide__ = True
    if part in re.sub(r"[\W_]", "", answer.text).lower():
        saw = f"{sent}, the answer has {part} in it, which was sent:\n{answer.text[:250]}"
        refuse(saw=saw, wants="a reason that repeats no value, in no form", look_at=VALIDATORS)


def expect_200(answer: Response, sent: str, *, wants: str) -> Form:
    """Return the body of what has to fit."""
    __tracebackhide__ = True
    if answer.status_code != 200:
        saw = f"status {answer.status_code} instead of 200 for {sent}\nbody: {answer.text[:250]}"
        refuse(saw=saw, wants=wants, look_at=VALIDATORS)
    body: Form = answer.json()
    return body


def unexpected(
    answer: Response, fields: list[str], sent: object, *, place: str = "body"
) -> Iterator[Line]:
    """Yield what was seen, and for what, if it is no 422 with these fields, each with a reason."""
    seen = told(answer)
    places = sorted([place, field] for field in fields) or [[place]]
    if answer.status_code == 422 and sorted(seen) == places:
        for detail in answer.json()["error"]["details"]:
            if not is_a_reason(detail["msg"], str(sent)):
                yield f'422 with "{detail["msg"]}", which is no reason', sent
                break
        return
    names = ", ".join(".".join(loc) for loc in seen) or "no field"
    if answer.status_code == 200:
        yield "200, so it fitted", sent
    else:
        yield f"{answer.status_code} with {names}" if answer.status_code < 500 else "a 500", sent


def is_a_reason(message: str, sent: str) -> bool:
    """Say whether a message has a word of its own, besides Pydantic's prefix and what was sent."""
    own = re.sub(r"^(Value error|Assertion failed),", "", message)
    words = re.findall(r"[^\W\d_]{2,}", own)
    return any(word.lower() not in sent.lower() for word in words)


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
