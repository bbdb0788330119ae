from pydantic import BaseModel


class Schema(BaseModel, str_strip_whitespace=True):
    """What every schema inherits, the answers too."""


class Form(Schema, extra="forbid"):
    """What comes in."""
