from __future__ import annotations

import base64
import json
from urllib.parse import quote

import httpx
import pytest

from docfliq_katas.probes.secrets import SecretProbe
from docfliq_katas.probes.verdict import Verdict

WANTS = "public fields only"


@pytest.mark.parametrize(
    ("form", "encode"),
    [
        ("raw", lambda secret: f'{{"password_hash":"{secret}"}}'),
        ("in other case", lambda secret: secret.upper()),
        ("reversed", lambda secret: secret[::-1]),
        ("percent-encoded", lambda secret: f"/next?token={quote(secret, safe='')}"),
        ("hexadecimal", lambda secret: secret.encode().hex().upper()),
        ("base64", lambda secret: base64.b64encode(secret.encode()).decode()),
        ("base64", lambda secret: base64.b64encode(f"a:{secret}".encode()).decode()),
        ("base64", lambda secret: base64.urlsafe_b64encode(f"asha:{secret}:end".encode()).decode()),
        ("base64", lambda secret: base64.b64encode(f"ab{secret}c".encode()).decode()),
        ("escaped", lambda secret: secret.replace("/", "\\/")),
        ("escaped", lambda secret: "".join(f"\\u{ord(letter):04x}" for letter in secret)),
    ],
)
def test_a_secret_is_found_in_every_form(form: str, encode: object) -> None:
    """A leak is a leak, however it is written."""
    probe = SecretProbe()
    secret = probe.plant("password_hash")
    assert callable(encode)
    content = f"before {encode(secret)} after"
    assert probe.leaks(content) == [f"password_hash ({form})"]
    assert probe.leaks(content.encode()) == [f"password_hash ({form})"]


def test_the_message_names_the_field_and_not_the_secret() -> None:
    """The verdict says which field came out, and does not leak it once more."""
    probe = SecretProbe()
    secret = probe.plant("medical_license_number")
    probe.plant("password_hash")
    with pytest.raises(Verdict) as caught:
        probe.assert_absent(json.dumps({"license": secret}), where="GET /users", wants=WANTS)
    assert caught.value.saw == "GET /users gives away medical_license_number (raw)"
    assert secret not in str(caught.value)


def test_headers_are_searched_too() -> None:
    """A secret in a header of a response has come out."""
    probe = SecretProbe()
    response = httpx.Response(200, headers={"x-debug": probe.plant("otp")}, json={})
    with pytest.raises(Verdict, match="otp"):
        probe.assert_absent(response, where="POST /login", wants=WANTS)


def test_clean_content_passes() -> None:
    """Nothing is found where nothing is."""
    probe = SecretProbe()
    for field in ("password_hash", "otp"):
        probe.plant(field, length=16)
    probe.assert_absent(httpx.Response(200, json={"id": "1", "name": "Asha"}), where="GET /users", wants=WANTS)


def test_secrets_are_unique_and_fit() -> None:
    """Every secret is new and has the length of its column."""
    probe = SecretProbe()
    secrets = {probe.plant("code", length=length) for length in (16, 16, 32, 255)}
    assert sorted(map(len, secrets)) == [16, 16, 32, 255]
    with pytest.raises(ValueError, match="16 to 255"):
        probe.plant("code", length=15)


def test_a_search_without_a_secret_is_an_error() -> None:
    """A test that planted nothing could not fail."""
    with pytest.raises(ValueError, match="plant a secret"):
        SecretProbe().assert_absent("", where="GET /users", wants=WANTS)
