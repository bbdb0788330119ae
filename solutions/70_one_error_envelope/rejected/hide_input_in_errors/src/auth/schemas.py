from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field


def _not_too_easy(password: str) -> str:
    if "password" in password.lower():
        raise ValueError("the password is too easy to guess")
    return password


Password = Annotated[str, Field(min_length=10, max_length=128), AfterValidator(_not_too_easy)]


class NewAccount(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    email: EmailStr
    full_name: str = Field(min_length=1, max_length=150)
    password: Password


class AccountPublic(BaseModel):
    email: str
    full_name: str
