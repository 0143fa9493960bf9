"""The notebooks, and the analyst's tutorial, run from first to last, show what they promise, and keep nothing of it."""

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from test_docs import SPAN, faults

FOLDER = Path(__file__).resolve().parent.parent / "scripts" / "notebooks"
TUTORIAL = FOLDER.parent / "docs" / "tutorials" / "analyst.md"
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
BOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 400  # a cell may map the samples
PICTURES = {"01": 2, "02": 8, "03": 3, "04": 3}  # at least, by notebook
TABLES = {"01": 10, "02": 6, "03": 4, "04": 4}
ABSOLUTE = re.compile(r"""["'(](?:/(?!/)[A-Za-z]|[A-Z]:\\\\|~/)""")
RUNS = re.compile(r"<script|<iframe|<object|<embed|\bon[a-z]+\s*=\s*[\"']|javascript:", re.I)
LOADS = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//|@import|url\(\s*["']?\s*(?:https?:)?//""", re.I)
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: the first notebook maps the samples into it, the next ones find them."""
    return tmp_path_factory.mktemp("notebooks")


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def texts(path: Path, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == kind]


def test_there_are_four():
    assert [path.stem[:2] for path in BOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_nothing_of_a_run_is_kept(path: Path):
    book = read(path)
    cells = book["cells"]
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert not [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count") or cell["metadata"]]
    assert [cell["id"] for cell in cells] == [f"cell-{number:02d}" for number in range(1, len(cells) + 1)]
    assert not [text for text in texts(path, "code") if ABSOLUTE.search(text)]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_links_between_notebooks_and_pages_lead_somewhere(path: Path):
    links = [link for text in texts(path, "markdown") for link in LINKED.findall(text)]
    assert not [link for link in links if not (FOLDER / link).exists()]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_commands_that_notebooks_name_exist(path: Path):
    named = [command for text in texts(path, "markdown") for command in SPAN.findall(text)]
    assert not {command: fault for command in named if (fault := faults(command.replace("\n", " ")))}


def test_the_snippets_of_the_tutorial_run(finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(finished_run, tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    snippets = SNIPPET.findall(TUTORIAL.read_text("utf-8"))
    assert len(snippets) >= 8
    for snippet in snippets:
        for line in ast.parse(snippet).body:
            shown = run(line, names)
            assert shown is not None and repr(shown)
    assert (tmp_path / "gaps.svg").read_text("utf-8").startswith("<svg")
    assert (tmp_path / "objective-16" / "links.csv").is_file()


def run(line: ast.stmt, names: dict[str, Any]) -> object:
    """Run a statement as a prompt would; return what it shows, True if it shows nothing."""
    if isinstance(line, ast.Expr):
        return eval(compile(ast.Expression(line.value), "tutorial", "eval"), names)
    exec(compile(ast.Module([line], []), "tutorial", "exec"), names)
    return True


def test_a_script_and_a_picture_from_elsewhere_are_found():
    assert RUNS.search("<td onclick='x()'>") and RUNS.search("<SCRIPT>") and not RUNS.search("<b>conscription</b>")
    assert LOADS.search('<img src="https://x/y.png">') and LOADS.search("@import 'x'")
    assert not LOADS.search('<img src="data:image/png;base64,AA">')
    assert ABSOLUTE.search('open("/home/x")') and not ABSOLUTE.search('folder / "x/y"')


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows(path: Path, place: Path):
    pytest.importorskip("ipykernel")
    client, format_ = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    book = format_.read(path, 4)
    client.NotebookClient(
        book, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(place)}}
    ).execute()  # an error in a cell is raised
    shown = [output for cell in book.cells for output in cell.get("outputs", [])]
    kept = [output["data"] for output in shown if "data" in output]
    pictures = [data["image/png"] for data in kept if "image/png" in data]
    tables = [data["text/html"] for data in kept if "text/html" in data]
    assert len(pictures) >= PICTURES[path.stem[:2]] and min(map(len, pictures)) > 4_000
    assert len(tables) >= TABLES[path.stem[:2]] and all("<table" in table for table in tables)
    assert not [html[:200] for html in tables if RUNS.search(html) or LOADS.search(html)]
    assert not [data for data in kept if {"application/javascript", "image/svg+xml"} & set(data)]
    assert not [output["text"] for output in shown if output["output_type"] == "stream" and output["name"] == "stderr"]
