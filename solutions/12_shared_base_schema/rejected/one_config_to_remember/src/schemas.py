from pydantic import ConfigDict

FORM = ConfigDict(str_strip_whitespace=True, extra="forbid")
