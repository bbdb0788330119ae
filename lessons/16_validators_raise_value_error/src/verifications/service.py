from typing import Any

from pydantic import ValidationError

from src.verifications.schemas import RefusedRow, Report, VerificationForm


def check_rows(rows: list[dict[str, Any]]) -> Report:
    refused = []
    for number, row in enumerate(rows, start=1):
        try:
            VerificationForm.model_validate(row)
        except ValidationError as error:
            refused.append(RefusedRow(row=number, fields=_wrong_fields(error)))
    return Report(fitting=len(rows) - len(refused), refused=refused)


def _wrong_fields(error: ValidationError) -> list[str]:
    return [".".join(map(str, problem["loc"])) or "dates" for problem in error.errors()]
