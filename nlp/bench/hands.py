"""How a simulated officer gets at a desk: by the library in a process of her own, or over HTTP."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from nlp.errors import Conflict, UsageError
from nlp.review.deciding import as_rows
from nlp.review.desk import Desk
from nlp.review.lines import item_of
from nlp.review.records import Ask, Item, Reader

Seen = Sequence[Item]
PATIENCE = 60.0  # seconds until a server has to be back


class Unanswered(Exception):
    """A call that was not answered, as the server was gone: whether it was done, nobody can say."""


class Hands(Protocol):
    """What an officer can do."""

    def reports(self) -> list[str]:
        """Ids of the reports that are ready."""

    def look(self, document_id: str) -> Seen:
        """Items of a report."""

    def decide(self, document_id: str, asks: Sequence[Ask]) -> list[int]:
        """Decide; return the numbers of the rows of the log that were answered. Raises Conflict, UsageError."""

    def undo(self) -> list[int]:
        """Take the last batch back. Raises Conflict, UsageError."""


class LibraryHands:
    """Works on a desk through a connection of its own."""

    def __init__(self, folder: Path, store: str, name: str) -> None:
        self._desk, self._reader = Desk.open(folder, store), Reader(name)

    def reports(self) -> list[str]:
        """Ids of the reports that are ready."""
        return [report.document_id for report in self._desk.reports() if report.state == "ready"]

    def look(self, document_id: str) -> Seen:
        """Items of a report."""
        return self._desk.contents(document_id, self._reader).items

    def decide(self, document_id: str, asks: Sequence[Ask]) -> list[int]:
        """Decide."""
        return [one.decision_id for one in self._desk.decide(document_id, asks, self._reader).decisions]

    def undo(self) -> list[int]:
        """Take the last batch back."""
        return [one.decision_id for one in self._desk.undo(self._reader).decisions]


class HttpHands:
    """Works on a desk that is served.

    Args:
        url: http://host:port. token: of a user of its own.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._connect()

    def _connect(self) -> None:
        parts = urlsplit(self._url)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)
        self._headers = {"X-Evmap": "1", "Origin": f"{parts.scheme}://{parts.netloc}"}
        self._headers["Content-Type"] = "application/json"
        self._connection.request("GET", f"/?token={self._token}")
        answer = self._connection.getresponse()
        answer.read()
        cookie = answer.getheader("Set-Cookie")
        if cookie is None:
            raise UsageError(self._url, f"did not let us in: {answer.status}", "Give a token of evmap desk user")
        self._headers["Cookie"] = cookie.partition(";")[0]

    def reports(self) -> list[str]:
        """Ids of the reports that are ready."""
        rows = self._call("GET", "/api/reports")["reports"]
        return [row["document_id"] for row in rows if row["state"] == "ready"]

    def look(self, document_id: str) -> Seen:
        """Items of a report."""
        return [item_of(row) for row in self._call("GET", f"/api/reports/{document_id}")["items"]]

    def decide(self, document_id: str, asks: Sequence[Ask]) -> list[int]:
        """Decide."""
        body = {"asks": as_rows(asks), "spread": False}
        return _numbers(self._call("POST", f"/api/reports/{document_id}/decisions", body))

    def undo(self) -> list[int]:
        """Take the last batch back."""
        return _numbers(self._call("POST", "/api/undo", {"batch": None}))

    def _call(self, method: str, path: str, body: object = None) -> Any:
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = self._connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._reconnect()
            raise Unanswered(path) from error
        if answer.status == http.HTTPStatus.CONFLICT:
            raise Conflict(path, content["error"]["reason"], content.get("yours"), content.get("theirs"))
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise UsageError(path, f"{answer.status}: {content['error']['reason']}")
        return content

    def _reconnect(self) -> None:
        last = time.monotonic() + PATIENCE
        while True:
            try:
                return self._connect()
            except (OSError, http.client.HTTPException):
                if time.monotonic() > last:
                    raise
                time.sleep(0.2)


def _numbers(decided: Mapping[str, Any]) -> list[int]:
    return [row["decision_id"] for row in decided["decisions"]]
