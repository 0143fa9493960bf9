"""Pages in a real browser, which complains of whatever they do that they should not."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run"]
WATCH = "addEventListener('securitypolicyviolation', (event) => complain(event.violatedDirective))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def visiting(browser: Any, page: Path | str, expected: tuple[str, ...] = ()) -> Iterator[Callable[..., Any]]:
    """Give what opens the page, and fail if it logs, breaks its policy, asks others for anything, or throws.

    Args:
        page: a file, which may ask for nothing; or the address of a server, which may be asked.
        expected: complaints that hold one of these words are none.
    """
    complaints: list[str] = []
    contexts = []
    start, ours = (page.as_uri(), "file:") if isinstance(page, Path) else (page, page)

    def go(width: int = 1400, address: str = "", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: request.url.startswith((ours, "data:")) or complaints.append(request.url))
        if options.get("java_script_enabled", True):
            tab.expose_function("complain", lambda words: complaints.append(words))
            tab.add_init_script(WATCH)
        tab.goto(start + address)
        return tab

    yield go
    for context in contexts:
        context.close()
    assert [words for words in complaints if not any(known in words for known in expected)] == []
