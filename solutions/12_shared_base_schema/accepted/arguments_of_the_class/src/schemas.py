from pydantic import BaseModel


class Stripped(BaseModel, str_strip_whitespace=True):
    """Text without the blanks around it."""


class Form(Stripped, extra="forbid"):
    """What comes in: stripped, and with no field that it does not have."""
