"""The shield around the app: whom it answers, what it takes, and the headers on every answer, errors too.

A page of another site can send requests to ours, and can have its name lead to our address (DNS rebinding). So the
Host must be one of ours, and what changes something must come from a page of ours and carry a header that no form of
another site can set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request

from nlp.desk.faults import DeskFault, TooLarge, said
from nlp.desk.gate import BEARER, WRITES
from nlp.desk.wording import language_of
from nlp.errors import UsageError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_BYTES, REPORT_BYTES, MARGIN = 1_000_000, 16_000, 100_000
CSP_REPORTS = "/csp-report"
SIGN_IN = "/sign-in"
FORMS = frozenset((CSP_REPORTS, SIGN_IN))
"""Writes without our header: the browser's own reports, and a form without a script."""
UPLOADS = re.compile(r"/api/reports(?:/[0-9a-f]{64}/sheet)?")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    f"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri {CSP_REPORTS}"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
KEPT = "no-store"
"""What browsers may keep of documents: nothing. Static files say otherwise themselves."""


class Refused(DeskFault):
    """A request that is not for us, or not from us."""

    code = 403


class Misdirected(DeskFault):
    """A request for a host that is not ours."""

    code = 421


@dataclass(frozen=True)
class Doors:
    """Where requests may come from.

    Attributes:
        hosts: values of Host that are ours, small letters. origins: of pages of ours, such as "http://127.0.0.1:8765".
        upload_bytes: of one uploaded file at most.
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    upload_bytes: int

    @classmethod
    def of(cls, host: str, port: int, addresses: tuple[str, ...], upload_bytes: int) -> Doors:
        """Return the doors of a server.

        Args:
            host, port: where it listens. addresses: those that people use, such as "https://desk.example.org".

        Raises:
            UsageError: if an address is none.
        """
        names = ["127.0.0.1", "localhost", "[::1]"] if is_loopback(host) else [] if is_any(host) else [_bracketed(host)]
        hosts = {f"{name}:{port}" for name in names} | ({*names} if port == 80 else set())
        origins = {f"http://{name}" for name in hosts}
        for address in addresses:
            parts = urlsplit(address.lower())
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
                raise UsageError(address, "is no address of a site", "Give one such as https://desk.example.org")
            hosts.add(parts.netloc)
            origins.add(f"{parts.scheme}://{parts.netloc}")
        return cls(frozenset(hosts), frozenset(origins), upload_bytes)

    def check(self, method: str, path: str, headers: dict[str, str]) -> None:
        """Let a request in.

        Raises:
            Misdirected: if it is for another host. Refused: if it writes and does not come from a page of ours.
        """
        if headers.get("host", "").lower() not in self.hosts:
            raise Misdirected("host", "this desk does not go by that name", "Open the address that evmap serve printed")
        if method not in WRITES:
            return
        if path == CSP_REPORTS:
            return
        origin, bearer = headers.get("origin"), headers.get("authorization", "").lower().startswith(BEARER)
        # Pages that send no referrer send forms with the origin "null"; then the browser itself says where from.
        own_form = path in FORMS and origin == "null" and headers.get("sec-fetch-site") == "same-origin"
        if not (origin in self.origins or own_form or (bearer and origin is None)):
            raise Refused("origin", "not sent by a page of this desk", "Send it from the desk's own pages")
        if path not in FORMS and headers.get("x-evmap") != "1":
            raise Refused("X-Evmap", "the header is missing", "Send X-Evmap: 1 with whatever changes something")

    def most(self, method: str, path: str) -> int:
        """Bytes that the body of a request may have."""
        if path == CSP_REPORTS:
            return REPORT_BYTES
        uploads = method in WRITES and UPLOADS.fullmatch(path)
        return self.upload_bytes + MARGIN if uploads else JSON_BYTES


class Shield:
    """Wraps the whole app, so that also what goes wrong inside it has the headers.

    Attributes:
        inner: the app.
    """

    def __init__(self, inner: App, doors: Doors) -> None:
        self.inner, self._doors = inner, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            return await self.inner(scope, receive, send)
        if scope["type"] != "http":  # no web sockets here
            return None
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        most = self._doors.most(method, path)
        try:
            self._doors.check(method, path, headers)
            if int(headers.get("content-length") or 0) > most:
                raise TooLarge(most)
        except ValueError:
            return await _refuse(scope, send, Refused("content-length", "is no number"))
        except DeskFault as error:
            return await _refuse(scope, send, error)
        return await self.inner(scope, *_counted(scope, receive, send, most))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    return host in ("localhost", "::1") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def is_any(host: str) -> bool:
    """Whether a server that listens there does so on all addresses."""
    return host in ("0.0.0.0", "::", "")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def _counted(scope: Scope, receive: Receive, send: Send, most: int) -> tuple[Receive, Send]:
    """Both ends of a request, with headers on the answer; a body that grows too large is cut off and refused."""
    came, over, begun = 0, False, False

    async def take() -> Message:
        nonlocal came, over
        if over:
            return {"type": "http.disconnect"}
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            over = True
            return {"type": "http.disconnect"}
        return message

    async def give(message: Message) -> None:
        nonlocal begun
        if over and not begun:
            begun = True
            await _refuse(scope, send, TooLarge(most))
        elif not over:
            begun = True
            await send(_headed(message))

    return take, give


def _headed(message: Message) -> Message:
    if message["type"] != "http.response.start":
        return message
    headers = list(message.get("headers", []))
    named = {name.lower() for name, _ in headers}
    added = {**HEADERS, "cache-control": KEPT}
    headers += [(name.encode(), value.encode()) for name, value in added.items() if name.encode() not in named]
    return {**message, "headers": headers}


async def _refuse(scope: Scope, send: Send, error: DeskFault) -> None:
    body = json.dumps(said(error, language_of(Request(scope)))).encode()
    start = {"type": "http.response.start", "status": error.code}
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close")]  # what still comes is not read
    await send(_headed({**start, "headers": headers}))
    await send({"type": "http.response.body", "body": body})
