from pydantic import BaseModel


class Schema(BaseModel, validate_by_name=True, str_strip_whitespace=True):
    """What every schema of the project inherits."""
