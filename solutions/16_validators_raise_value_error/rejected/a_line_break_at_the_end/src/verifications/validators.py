import re
from typing import Annotated

from pydantic import AfterValidator

from src.verifications.constants import LAST_NUMBERS


def check_license_number(value: str) -> str:
    license_number = value.strip().upper()
    council, _, number = license_number.partition("-")
    if not (number.isascii() and number.isdigit() and 3 <= len(number) <= 6):
        raise ValueError("a council and 3 to 6 digits, such as KL-04471")
    if council not in LAST_NUMBERS or int(number) > LAST_NUMBERS[council]:
        raise ValueError("the council has not given out this number")
    return license_number


def check_phone_number(value: str) -> str:
    phone_number = value.replace(" ", "").replace("-", "")
    if not re.match(r"^\+91[6-9][0-9]{9}$", phone_number):
        raise ValueError("+91 and ten digits, the first of them 6 to 9")
    return phone_number


LicenseNumber = Annotated[str, AfterValidator(check_license_number)]
PhoneNumber = Annotated[str, AfterValidator(check_phone_number)]
