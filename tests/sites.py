"""A real desk with a tiny model in a browser, for tests: who works there, and what hands do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from nlp.desk.users import new_user, write_users
from tests.served import bearer, running

PEOPLE = (("officer-1", "officer"), ("officer-2", "officer"), ("judge-1", "adjudicator"), ("guest-1", "reader"))
SAMPLES = Path(__file__).resolve().parent.parent / "corpus/samples"
READY_SECONDS = 60


@dataclass
class Site:
    """A served desk: folder, base address, tokens of its people."""

    folder: Path
    base: str
    tokens: dict[str, str]

    def address(self, name: str, path: str = "/") -> str:
        return f"{path}{'&' if '?' in path else '?'}token={self.tokens[name]}"

    def client(self, name: str) -> httpx.Client:
        return httpx.Client(**bearer(self.base, self.tokens[name]))

    def send(self, name: str, data: bytes) -> str:
        """Put a report on the desk and wait until it is mapped."""
        with self.client("officer-1") as client:
            sent = client.post("/api/reports", files={"file": (name, data)})
            assert sent.status_code == 201, sent.text
            document_id = sent.json()["document_id"]
            for _ in range(READY_SECONDS * 5):
                report = client.get(f"/api/reports/{document_id}").json()["report"]
                if report["state"] in ("ready", "failed"):
                    return str(document_id)
                time.sleep(0.2)
        raise AssertionError(f"{name} is {report['state']}")

    def items(self, document_id: str, name: str = "officer-1") -> list[dict[str, Any]]:
        with self.client(name) as client:
            return list(client.get(f"/api/reports/{document_id}").json()["items"])


@contextmanager
def serving(folder: Path, model: Path, tokens: dict[str, str]) -> Iterator[Site]:
    environment = {"EVMAP_ENCODER": "hash", "EVMAP_MODEL": str(model), "OMP_NUM_THREADS": "1"}
    with running(folder, "--users", folder.parent / "users.json", **environment) as (_, base, _):
        yield Site(folder, base, tokens)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("site")
    made = [new_user(name, rank) for name, rank in PEOPLE]  # type: ignore[arg-type]
    write_users(folder / "users.json", [user for user, _ in made])
    return folder / "desk", {user.name: token for user, token in made}


@pytest.fixture(scope="module")
def site(place: tuple[Path, dict[str, str]], tiny_model: Path) -> Iterator[Site]:
    with serving(place[0], tiny_model, place[1]) as served:
        yield served


def ready(tab: Any) -> Any:
    tab.wait_for_selector("#loading", state="detached")
    return tab


def press(tab: Any, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


def heard(tab: Any, words: str) -> None:
    """Wait until the live region says something."""
    tab.wait_for_function("words => document.getElementById('live').textContent.includes(words)", arg=words)


def tab_to(tab: Any, selector: str, most: int = 60) -> None:
    for _ in range(most):
        if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {selector}")


def current(tab: Any) -> str:
    return str(tab.evaluate("document.querySelector('.claim.current')?.dataset.claim ?? ''"))


def select_words(tab: Any, passage: str, words: str) -> None:
    """Select words of a passage as a mouse would."""
    tab.evaluate(
        """([id, words]) => {
            const walker = document.createTreeWalker(document.querySelector(`#p-${id} p`), NodeFilter.SHOW_TEXT);
            const nodes = [];
            for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
            const whole = nodes.map((node) => node.data).join("");
            const place = (at) => {
                for (const node of nodes) { if (at <= node.length) return [node, at]; at -= node.length; }
            };
            const from = whole.indexOf(words);
            getSelection().setBaseAndExtent(...place(from), ...place(from + words.length));
        }""",
        [passage, words],
    )
