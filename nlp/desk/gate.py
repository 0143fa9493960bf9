"""The gate: from a request to who asks, and whether she may. Every route names the rank that it needs."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from nlp.desk.faults import Forbidden, Unknown
from nlp.desk.rates import Rates
from nlp.desk.users import User, Users
from nlp.review.records import Rank

SESSION_SECONDS = 12 * 3600
WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))
BEARER = "bearer "


@dataclass(frozen=True)
class Gate:
    """Tells users by their token or by the session that a token began.

    Args:
        users: who may come in. key: secret that signs sessions. cookie: name of the cookie.
        secure: whether the cookie goes through TLS only.
    """

    users: Users
    key: bytes
    cookie: str = "evmap"
    secure: bool = False
    misses: Rates = field(default_factory=lambda: Rates(10, 0.5))

    def enter(self, token: str, client: str) -> User:
        """Return whose token this is.

        Raises:
            Unknown: if it is nobody's. TooMany: after many that were not; a good one always enters.
        """
        user = self.users.holder(token)
        if user is None:
            self.misses.take(client)
            raise Unknown()
        return user

    def session(self, user: User) -> str:
        """Return a cookie's value that stands for the user until it is too old, or her token is another."""
        until = str(int(time.time()) + SESSION_SECONDS)
        return f"{user.name}.{until}.{self._sign(user, until)}"

    def holder(self, session: str) -> User | None:
        """Return whose session this is, None if it is nobody's, or too old."""
        name, _, rest = session.partition(".")
        until, _, signed = rest.partition(".")
        user = self.users.all().get(name)
        if user is None or not (until.isascii() and until.isdecimal() and len(until) < 20 and signed.isascii()):
            return None
        good = hmac.compare_digest(signed, self._sign(user, until))
        return user if good and int(until) > time.time() else None

    def who(self, request: Request) -> User:
        """Return who sent a request, by her session or by `Authorization: Bearer TOKEN`.

        Raises:
            Unknown: if nobody did. TooMany: as `enter`.
        """
        said = request.headers.get("authorization", "")
        if said.lower().startswith(BEARER):
            return self.enter(said[len(BEARER) :].strip(), client_of(request))
        user = self.holder(request.cookies.get(self.cookie, ""))
        if user is None:
            raise Unknown()
        return user

    def _sign(self, user: User, until: str) -> str:
        words = "\x1f".join((user.name, until, user.digest)).encode()
        return hmac.new(self.key, words, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Needs:
    """A dependency of a route: who asks must have at least this rank; gives the user."""

    rank: Rank

    async def __call__(self, request: Request) -> User:
        """Raise `Unknown` or `Forbidden`, else return who asks."""
        gate: Gate = request.app.state.office.gate
        if request.method == "GET" and "token" in request.query_params:
            raise Unknown()  # the app signs her in, and the token leaves the address
        user = gate.who(request)
        if not user.may(self.rank):
            raise Forbidden(self.rank)
        return user


Looks = Annotated[User, Depends(Needs("reader"))]
Decides = Annotated[User, Depends(Needs("officer"))]


def client_of(request: Request) -> str:
    """Where a request comes from, for rates."""
    return request.client.host if request.client else ""


def rank_of(route: APIRoute) -> Rank | None:
    """Return the rank that a route needs, None if it names none."""
    calls: list[Any] = [part.call for part in route.dependant.dependencies]
    return next((call.rank for call in calls if isinstance(call, Needs)), None)
