"""A desk's app for tests: users of every rank, and clients that speak as a page of ours does."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from nlp.desk.app import make_app
from nlp.desk.gate import Gate
from nlp.desk.office import Office
from nlp.desk.shield import Doors
from nlp.desk.users import Users, new_user
from nlp.review.desk import Desk
from nlp.settings import Settings

BASE = "http://127.0.0.1:8765"
OURS = {"X-Evmap": "1", "Origin": BASE}
RANKS = ("reader", "officer", "adjudicator")


class House:
    """An app on a desk, with tokens of `reader-1`, `officer-1`, `officer-2` and `adjudicator-1`."""

    def __init__(self, desk: Desk, settings: Settings, upload_bytes: int = 1_000_000) -> None:
        made = [new_user(f"{rank}-1", rank) for rank in RANKS] + [new_user("officer-2", "officer")]
        self.tokens = {user.name: token for user, token in made}
        gate = Gate(Users(None, [user for user, _ in made]), b"k" * 32)
        doors = Doors.of("127.0.0.1", 8765, (), upload_bytes)
        self.office = Office.on(desk, gate, doors, settings)
        self.app = make_app(self.office)
        self.desk = desk

    def visit(self, name: str | None = None) -> TestClient:
        """A client that is signed in as somebody, and sends what our pages send; None: nobody."""
        client = TestClient(self.app, base_url=BASE, headers=OURS, raise_server_exceptions=False)
        if name:
            assert client.get("/", params={"token": self.tokens[name]}, follow_redirects=False).status_code == 303
        return client


@contextmanager
def running(folder: Path, *words: object, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A real `evmap serve` on a free port: process, base address and token; killed in the end."""
    command = [sys.executable, "-m", "nlp", "serve", str(folder), "--port", "0", *map(str, words)]
    root = str(Path(__file__).resolve().parent.parent)
    env = {**os.environ, "PYTHONPATH": root, **environment}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.search(r"(http://[^/]+)/(?:\?token=(\S+))?", said)
            assert found, said + (process.stderr.read() if process.stderr else "")
            yield process, found[1], found[2] or ""
        finally:
            process.kill()


def bearer(base: str, token: str) -> dict[str, Any]:
    """What a program sends that has a token, for httpx.Client."""
    return {"base_url": base, "headers": {"Authorization": f"Bearer {token}", "X-Evmap": "1"}, "timeout": 60.0}
