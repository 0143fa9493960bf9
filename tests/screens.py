"""Pictures of every view of the desk, from the sample documents: ``python -m tests.screens FOLDER``.

The desk is a real one: `evmap serve` maps the samples with the model `use`, and officers decide by keys in a browser.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from nlp.desk.users import new_user, write_users
from tests.browsing import CHROMIUM, FLAGS
from tests.served import bearer, running

SAMPLES = Path(__file__).resolve().parent.parent / "corpus/samples"
PEOPLE = (("officer-1", "officer"), ("officer-2", "officer"), ("judge-1", "adjudicator"))
FIRST, DOUBLE = "10-cancilleria-proteccion-retorno-es.pdf", "09-resolution-human-rights-migrants-en.pdf"
COLOURS, MOST_SECONDS = 96, 300
DECISIONS = "aaxajaaulaaxaaa"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 800}


class Desk:
    """A served desk with all samples, and who works there."""

    def __init__(self, base: str, tokens: dict[str, str]) -> None:
        self.base, self.tokens = base, tokens
        self.ids: dict[str, str] = {}

    def client(self, name: str = "officer-1") -> httpx.Client:
        return httpx.Client(**bearer(self.base, self.tokens[name]))

    def fill(self) -> None:
        """Send all samples, wait until they are mapped, and let two officers differ in one."""
        with self.client() as client:
            for path in sorted(SAMPLES.iterdir()):
                sent = client.post("/api/reports", files={"file": (path.name, path.read_bytes())})
                self.ids[path.name] = sent.raise_for_status().json()["document_id"]
            client.post("/api/reports", files={"file": ("damaged.pdf", b"%PDF-1.7\n%broken")})
            deadline = time.monotonic() + MOST_SECONDS
            while time.monotonic() < deadline:
                states = {report["state"] for report in client.get("/api/reports").json()["reports"]}
                if states <= {"ready", "failed"}:
                    break
                time.sleep(1)
        self.differ(self.ids[DOUBLE])

    def differ(self, document_id: str) -> None:
        """Two officers read a report; the second sees nothing of the first and rejects some of what she confirms."""
        route = f"/api/reports/{document_id}"
        with self.client() as one, self.client("officer-2") as two:
            items = [i for i in one.get(route).json()["items"] if i["lane"] == "suggested" and "obj" in i["target"]][:6]
            for item in items:
                asked = {"item_id": item["item_id"], "action": "confirm", "version": 0}
                one.post(f"{route}/decisions", json={"asks": [asked]}).raise_for_status()
            two.post(f"{route}/reading", json={"do": "open_second"}).raise_for_status()
            for number, item in enumerate(items):
                asked = {"item_id": item["item_id"], "version": 0, "action": "reject" if number % 2 else "correct"}
                asked |= {"reason": "recalls an earlier text"} if number % 2 else {"treatment": "recommended"}
                two.post(f"{route}/decisions", json={"asks": [asked]}).raise_for_status()


@contextmanager
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [new_user(person, rank) for person, rank in PEOPLE]  # type: ignore[arg-type]
        write_users(folder / "users.json", [user for user, _ in made])
        environment = {"EVMAP_ENCODER": "use", "OMP_NUM_THREADS": "1"}
        with running(folder / "desk", "--users", folder / "users.json", **environment) as (_, base, _):
            found = Desk(base, {user.name: token for user, token in made})
            found.fill()
            yield found


def ready(tab: Any) -> None:
    tab.wait_for_selector("#loading", state="detached")
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)


def press(tab: Any, keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)
        tab.wait_for_timeout(250)
    tab.evaluate("document.getElementById('notes').replaceChildren()")


def picked(tab: Any) -> None:
    press(tab, "n")
    tab.keyboard.type("consular")
    tab.wait_for_timeout(300)


def quotes(tab: Any) -> None:
    tab.locator("button.cell.confirmed").first.click()
    tab.wait_for_timeout(800)


def views(ids: dict[str, str]) -> Iterator[tuple[str, str, str, dict[str, Any], Callable[[Any], None]]]:
    """Name, person, address, options of the browser, and what is done before the picture is taken."""
    first, double = f"/reports/{ids[FIRST]}", f"/adjudicate/{ids[DOUBLE]}"
    yield "report", "officer-1", first, {"viewport": WIDE}, lambda tab: press(tab, DECISIONS)
    yield "page-picture", "officer-1", f"{first}?lang=es", {"viewport": WIDE}, lambda tab: press(tab, "g")
    yield "label", "officer-1", f"{first}?lang=en", {"viewport": WIDE}, picked
    yield "inbox", "officer-1", "/", {"viewport": WIDE}, lambda tab: None
    yield "queue", "officer-1", "/queue", {"viewport": WIDE}, lambda tab: press(tab, "jj")
    yield "map", "officer-1", "/map?open=17", {"viewport": WIDE}, quotes
    yield "coverage", "officer-1", "/map?mode=coverage&lang=fr", {"viewport": WIDE}, lambda tab: None
    yield "adjudicate", "judge-1", double, {"viewport": WIDE}, lambda tab: None
    yield "codebook", "officer-1", "/codebook?target=activity:49&lang=pt", {"viewport": WIDE}, lambda tab: None
    yield "log", "officer-1", "/log", {"viewport": WIDE}, lambda tab: None
    yield "dark", "officer-1", f"{first}?lang=en", {"viewport": WIDE, "color_scheme": "dark"}, lambda tab: None
    yield "phone", "officer-1", first, {"viewport": PHONE, "has_touch": True}, lambda tab: None


def take(tab: Any, path: Path) -> None:
    """Keep a picture, in few colours: pages are flat, and a reader loads many of them."""
    from PIL import Image

    tab.screenshot(path=path)
    with Image.open(path) as picture:
        flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(path, optimize=True)


def main(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with desk() as found, sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, person, address, options, act in views(found.ids):
            context = browser.new_context(**options)
            tab = context.new_page()
            tab.goto(f"{found.base}/?token={found.tokens[person]}")
            tab.goto(found.base + address)
            ready(tab)
            act(tab)
            tab.wait_for_timeout(1500 if name == "page-picture" else 200)
            take(tab, folder / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"[^-].*", sys.argv[1]):
        raise SystemExit("usage: python -m tests.screens FOLDER")
    main(Path(sys.argv[1]))
