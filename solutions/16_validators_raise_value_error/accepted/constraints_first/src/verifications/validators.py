from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from src.verifications.constants import LAST_NUMBERS


def is_given_out(license_number: str) -> str:
    council, number = license_number.split("-")
    if int(number) > LAST_NUMBERS.get(council, -1):
        raise ValueError("the council has not given out this number")
    return license_number


def without_blanks(value: object) -> object:
    return value.replace(" ", "").replace("-", "") if isinstance(value, str) else value


_COUNCILS = "|".join(LAST_NUMBERS)

LicenseNumber = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, pattern=rf"^(?i:{_COUNCILS})-[0-9]{{3,6}}$"
    ),
    AfterValidator(is_given_out),
]
PhoneNumber = Annotated[
    str, BeforeValidator(without_blanks), StringConstraints(pattern=r"^\+91[6-9][0-9]{9}$")
]
