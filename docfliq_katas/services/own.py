"""Servers of the user's own, named by environment variables: what may be used, and what is refused."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from docfliq_katas.errors import Misuse
from docfliq_katas.services.lifecycle import answers
from docfliq_katas.services.server import Server, Status, without_password

_ALLOW = "KATA_ALLOW_REMOTE"


def own_server(variable: str, label: str, schemes: tuple[str, ...], port: int) -> Server | None:
    """Return the server that `variable` names, or None where it is not set.

    Raises:
        Misuse: the URL does not parse, leads to another machine, or nobody answers there.
    """
    url = os.environ.get(variable)
    if not url:
        return None
    hosts = _hosts(variable, url, schemes, port)
    remote = [host for host, _ in hosts if not _is_local(host)]
    if remote and os.environ.get(_ALLOW) != "1":
        raise Misuse(f"{variable} leads to {remote[0]}, which is not this machine: set {_ALLOW}=1 if it may be used")
    if not urlsplit(url).scheme.endswith("+srv") and not any(_answers(host, number, label) for host, number in hosts):
        host, number = hosts[0]
        where = host if host.startswith("/") else f"{host}:{number}"
        raise Misuse(f"{variable}: nobody answers at {where}: start the server or unset the variable")
    return Server(name=label, url=url, external=True, restarted=False)


def own_status(variable: str, label: str) -> Status | None:
    """Return the status of a server of one's own, or None where `variable` is not set."""
    url = os.environ.get(variable)
    return Status(name=label, state="own", url=without_password(url)) if url else None


def _answers(host: str, port: int, label: str) -> bool:
    if not host.startswith("/"):
        return answers(f"{host}:{port}", 3.0)
    return answers(f"{host}/.s.PGSQL.{port}" if label == "PostgreSQL" else host, 3.0)


def _hosts(variable: str, url: str, schemes: tuple[str, ...], port: int) -> list[tuple[str, int]]:
    """Return each host that `url` names with its port; a unix socket is a host that begins with a slash."""
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        if parts.scheme not in schemes:
            raise ValueError(parts.scheme)  # noqa: TRY301 - one advice for every way of not parsing
        if parts.scheme == "unix":
            return [(unquote(parts.path), 0)]
        named = parts.netloc.rpartition("@")[2]
        default = int(query.get("port") or port)
        hosts = [_host_and_port(item, default) for item in named.split(",") if item]
        hosts += [_host_and_port(item, default) for item in query.get("host", "").split(",") if item]
    except ValueError:
        raise Misuse(f"{variable} is not a URL of the form {schemes[0]}://user:password@localhost:{port}/") from None
    if not hosts:
        raise Misuse(f"{variable} names no host: write {schemes[0]}://user:password@localhost:{port}/")
    return hosts


def _host_and_port(text: str, default: int) -> tuple[str, int]:
    """Split "host:port", "[address]:port", or the path of a socket."""
    text = unquote(text)
    if text.startswith("/"):
        return text, default
    found = re.fullmatch(r"(\[[^\]]+\]|[^:\[\]]+)(?::(\d+))?", text)
    if found is None:
        raise ValueError(text)
    return found[1].strip("[]"), int(found[2] or default)


def _is_local(host: str) -> bool:
    if host.startswith("/") or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def trouble(server: Server, variable: str, error: BaseException) -> str:
    """Return one line on what a server that was reached before does wrong now."""
    lines = str(error).strip().splitlines()
    reason = lines[0].strip() if lines else type(error).__name__
    if server.external:
        return f"{variable}: the server does not do its part: {reason}"
    return f"{server.name} does not do its part: {reason}; run again, a server that died is started anew"
