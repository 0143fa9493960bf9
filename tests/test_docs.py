"""The documentation: it builds without a warning, every link leads somewhere, and every command in it exists."""

import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer

from nlp.cli import app

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "scripts" / "docs"
PAGES = sorted({*SOURCE.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "corpus/README.md", ROOT / "annotations/README.md"})
SPAN = re.compile(r"`(evmap [^`]+)`")
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.M | re.S)
GIVEN = re.compile(r"^\$? ?(?:\.venv/bin/)?(evmap .*?)\s*(?:#.*)?$", re.M)


class Page(HTMLParser):
    """Ids of a page, and what it refers to or loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.ids |= {own["id"]} if own.get("id") else set()
        if tag == "a" and own.get("href"):
            self.links.append(str(own["href"]))
        if tag in ("script", "img", "iframe") and own.get("src"):
            self.loads.append(str(own["src"]))
        if tag == "link" and own.get("rel") in ("stylesheet", "icon", "preconnect", "preload"):
            self.loads.append(str(own["href"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(SOURCE), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, check=False)
    assert done.returncode == 0, done.stderr
    return {path.resolve(): Page(path.read_text("utf-8")) for path in folder.rglob("*.html")}


@pytest.mark.slow
def test_every_link_leads_somewhere(site: dict[Path, Page]):
    broken = []
    for path, page in site.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchored = not parts.fragment or target not in site or parts.fragment in site[target].ids
            if not target.is_file() or not anchored:
                broken.append((path.name, link))
    assert not broken
    assert len(site) > 10


@pytest.mark.slow
def test_no_page_loads_anything_from_elsewhere(site: dict[Path, Page]):
    assert not {load for page in site.values() for load in page.loads if urlsplit(load).netloc}


def commands(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    blocks = "\n".join(BLOCK.findall(text)).replace("\\\n", " ")
    return [*GIVEN.findall(blocks), *SPAN.findall(BLOCK.sub("", text))]


def faults(line: str) -> str | None:
    """What is wrong with a command as it stands in a text: an unknown name or option; None if nothing."""
    line = line.split(" | ")[0].split(" > ")[0].split(" && ")[0]
    command = typer.main.get_command(app)
    names = []
    words = shlex.split(line.replace("...", "").replace("[", "").replace("]", ""))[1:]
    while words and hasattr(command, "commands"):
        names.append(words.pop(0).rstrip(","))
        if names[-1].startswith("-"):
            return None if names[-1] in ("--help", "--version") else f"no option {names[-1]}"
        found = command.commands.get(names[-1])
        if found is None:
            return f"no command {' '.join(names)}"
        command = found
        if hasattr(command, "commands") and words and words[0].endswith(","):  # "evmap models list, show"
            missing = [word.rstrip(",") for word in words if word.rstrip(",") not in command.commands]
            return f"no commands {missing}" if missing else None
    options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in options]
    return f"no options {unknown}" if unknown else None


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_the_documentation_exists(path: Path):
    wrong = {line: fault for line in commands(path) if (fault := faults(line))}
    assert not wrong


def test_a_command_that_does_not_exist_is_found():
    assert faults("evmap map reports -o out") is None
    assert faults("evmap annotations check, stats, agree") is None
    assert faults("evmap nap reports") == "no command nap"
    assert faults("evmap map --turbo") == "no options ['--turbo']"
    assert faults("evmap annotations check, states") == "no commands ['states']"
