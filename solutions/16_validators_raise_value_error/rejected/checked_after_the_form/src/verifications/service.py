from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from src.verifications.schemas import RefusedRow, Report, VerificationForm
from src.verifications.validators import check_license_number, check_phone_number

_CHECKS: dict[str, Callable[[str], str]] = {
    "license_number": check_license_number,
    "phone_number": check_phone_number,
}


def problems(form: VerificationForm) -> dict[str, str]:
    found = {}
    for field, check in _CHECKS.items():
        try:
            setattr(form, field, check(getattr(form, field)))
        except ValueError as error:
            found[field] = str(error)
    if form.issued_on > datetime.now(UTC).date():
        found["issued_on"] = "a day that has been"
    elif form.expires_on <= form.issued_on:
        found["expires_on"] = "later than the day of issue"
    return found


def check_rows(rows: list[dict[str, Any]]) -> Report:
    refused = []
    for number, row in enumerate(rows, start=1):
        try:
            fields = list(problems(VerificationForm.model_validate(row)))
        except ValidationError as error:
            fields = [".".join(map(str, problem["loc"])) for problem in error.errors()]
        if fields:
            refused.append(RefusedRow(row=number, fields=fields))
    return Report(fitting=len(rows) - len(refused), refused=refused)
