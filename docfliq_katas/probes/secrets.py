"""A secret planted in a private place, and found wherever it comes out."""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from docfliq_katas.probes.verdict import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})")


class SecretProbe:
    """The fixture `secret_probe`: unique strings to store in private fields, and a search for them.

    Usage::

        license = secret_probe.plant("medical_license_number")
        await postgres.execute("update users set medical_license_number = $1", license)
        response = await client.get("/users")
        secret_probe.assert_absent(response, where="GET /users", wants="public fields only")

    Attributes:
        planted: the field of every planted string.
    """

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, field: str, *, length: int = 32) -> str:
        """Return a new string of `length` (16 to 255) characters that occurs nowhere else, for a private field.

        It consists of ASCII letters and digits and one `/`, so that it changes when it is percent-encoded.

        Args:
            field: its name, by which a refusal calls the secret.
            length: in characters, 16 to 255.

        Raises:
            ValueError: too short to be found for sure, or too long for a column.
        """
        if not 16 <= length <= 255:
            raise ValueError(f"a planted secret has 16 to 255 characters, not {length}")
        secret = f"Kata/{secrets.token_hex(length)}"[:length]
        self.planted[secret] = field
        return secret

    def leaks(self, content: str | bytes | httpx.Response) -> list[str]:
        """Return the fields whose secret is in the content, each as `field (raw)`, `field (base64)`, ….

        Found: raw, in other case, reversed, percent-encoded, hexadecimal, base64 (also url-safe, also inside a longer
        text that was encoded), and with the escapes of JSON. Of a response, the headers are searched as well.

        Args:
            content: a text, bytes, or a response with its headers.
        """
        text = _text(content)
        folded = text.casefold()
        unescaped = _ESCAPES.sub(lambda found: chr(int(found[1], 16)), text.replace("\\/", "/")).casefold()
        found = []
        for secret, field in self.planted.items():
            form = _form(secret, text, folded, unescaped)
            if form:
                found.append(f"{field} ({form})")
        return found

    def assert_absent(
        self, content: str | bytes | httpx.Response, *, where: str, wants: str, look_at: str | None = None
    ) -> None:
        """Demand that no planted secret is in the content, in any form that `leaks` knows.

        Args:
            content: a text, bytes, or a response with its headers.
            where: what the content is, such as `GET /users` or `the log`.
            wants: what the guideline asks for.
            look_at: the place in the slice, where the test knows it.

        Raises:
            Verdict: a secret came out; the fields are named, the secrets are not shown.
            ValueError: nothing was planted, so that the test could not fail.
        """
        __tracebackhide__ = True
        if not self.planted:
            raise ValueError("plant a secret before you look for one")
        leaks = self.leaks(content)
        if leaks:
            refuse(saw=f"{where} gives away {', '.join(leaks)}", wants=wants, look_at=look_at)


def _form(secret: str, text: str, folded: str, unescaped: str) -> str:
    """Name the first form in which the secret is in the text, or return an empty string."""
    plain = secret.casefold()
    forms = {
        "raw": secret in text,
        "in other case": plain in folded,
        "escaped": plain in unescaped,
        "reversed": plain[::-1] in folded,
        "percent-encoded": quote(secret, safe="").casefold() in folded,
        "hexadecimal": secret.encode().hex() in folded,
        "base64": any(piece in text for piece in _base64_forms(secret)),
    }
    return next((form for form, is_there in forms.items() if is_there), "")


def _base64_forms(secret: str) -> Iterator[str]:
    """Yield the part of the secret's base64 that is the same whatever stands before and after it."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * before + secret.encode()).decode().rstrip("=")
            # The first letters depend on what stands before the secret, the last one on what follows it.
            yield encoded[4 if before else 0 : -2]


def _text(content: str | bytes | httpx.Response) -> str:
    """Return everything of the content that a client can read."""
    if isinstance(content, str):
        return content
    if isinstance(content, bytes):
        return content.decode(errors="replace")
    headers = json.dumps(content.headers.multi_items(), ensure_ascii=False)
    return f"{headers}\n{content.text}"
