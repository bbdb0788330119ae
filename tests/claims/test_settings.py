"""Claims about settings from the environment and from `.env`: L43, L46, L321."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from pathlib import Path

ENV = "RAZORPAY_KEY_ID=rzp_test_1\nWEBHOOK_SECRET=\nPOSTGRES_PASSWORD=pw-123456789\n"


class Payments(BaseSettings):
    """Two of the three names in the file, and one that is not there."""

    model_config = SettingsConfigDict(extra="ignore")

    razorpay_key_id: str
    webhook_secret: SecretStr
    checkout_minutes: int = 15


class Strict(BaseSettings):
    """What a class on a shared file is when nobody says otherwise."""

    razorpay_key_id: str


class Silent(Payments, hide_input_in_errors=True):
    """The same, with one name more, and an error that shows nothing of what was read."""

    public_url: str


class Loud(Payments):
    """The same, with the error as it is by default."""

    public_url: str


class Prefixed(BaseSettings):
    """A class for one concern."""

    model_config = SettingsConfigDict(env_prefix="certificates_")

    secret: SecretStr


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """Return a `.env` that several programs read."""
    file = tmp_path / ".env"
    file.write_text(ENV)
    return file


def test_a_class_refuses_what_else_is_in_the_file(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that it does not know are ignored in the environment, and an error in `.env`."""
    monkeypatch.setenv("ANYTHING_ELSE", "1")
    monkeypatch.setenv("RAZORPAY_KEY_ID", "rzp_test_2")
    assert Strict().razorpay_key_id == "rzp_test_2"
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Strict(_env_file=env)
    assert Payments(_env_file=env).razorpay_key_id == "rzp_test_2"


def test_a_file_that_is_not_there_is_no_error(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment alone may do."""
    monkeypatch.setenv("RAZORPAY_KEY_ID", "rzp_test_2")
    assert Strict(_env_file=env.with_name("none")).razorpay_key_id == "rzp_test_2"


def test_an_empty_secret_is_a_value(env: Path) -> None:
    """It counts as set, unless empty values are to be ignored."""
    assert Payments(_env_file=env).webhook_secret.get_secret_value() == ""
    with pytest.raises(ValidationError, match="Field required"):
        Payments(_env_file=env, _env_ignore_empty=True)


def test_the_error_shows_what_else_was_read(env: Path) -> None:
    """The input beside a missing field is the whole file, another program's password included."""
    with pytest.raises(ValidationError) as loud:
        Loud(_env_file=env)
    with pytest.raises(ValidationError) as silent:
        Silent(_env_file=env)
    assert ["public_url" in str(error.value) for error in (loud, silent)] == [True, True]
    assert ["input_value" in str(error.value) for error in (loud, silent)] == [True, False]
    with pytest.raises(ValidationError, match="pw-123456789"):
        Strict(_env_file=env)  # what was refused is printed whole


def test_the_error_leaves_the_prefix_out() -> None:
    """The name in it is that of the field."""
    with pytest.raises(ValidationError) as error:
        Prefixed()
    assert error.value.errors()[0]["loc"] == ("secret",)
