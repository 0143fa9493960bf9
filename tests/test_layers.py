"""The house stands: rooms use the floors below them, only the command line speaks, starting up is light."""

import ast
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from nlp.engines.key import DECIDE

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nlp"
# Roof first. A room is a folder of nlp/ or one of its files; rooms of a floor do not know one another.
FLOORS = (
    {"__main__"},
    {"cli"},
    {"desk"},
    {"__init__"},
    {"bench", "curve", "race"},
    {"contenders"},
    {"plan"},
    {"formats", "corpus"},
    {"plots"},
    {"copies"},
    {"review"},
    {"run", "evaluate", "audit", "peers", "tune"},
    {"engines"},
    {"scores"},
    {"sheets"},
    {"writers"},
    {"pipeline", "train"},
    {"learners"},
    {"material", "agreement", "finetune", "zero_shot"},
    {"mapping"},
    {"display", "contract", "annotations", "structure", "classify"},
    {"encode", "seal"},
    {"readers", "contacts"},
    {"official"},
    {"program"},
    {"store"},
    {
        "records",
        "settings",
        "jsonl",
        "language",
        "marks",
        "garbage",
        "cells",
        "inputs",
        "extras",
        "sentences",
        "caching",
    },
    {"errors"},
)
HEAVY = {
    "torch", "spacy", "sklearn", "numpy", "pandas", "pypdfium2", "lxml", "pdfplumber", "docx", "lingua",
    "pypdf", "reportlab", "duckdb", "altair", "great_tables", "sqlalchemy", "alembic", "filelock", "psycopg", "ray",
    "pyarrow", "fsspec", "fastapi", "uvicorn", "rdflib",
}  # fmt: skip
HELP_SECONDS = 0.5
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def room_of(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def imported(tree: ast.AST) -> Iterator[str]:
    """Own modules that a syntax tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in full)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def edges(path: Path) -> set[str]:
    return {name for name in imported(ast.parse(path.read_text("utf-8"))) if name in MODULES} - {module_of(path)}


def test_every_room_has_a_floor():
    rooms = [room for floor in FLOORS for room in floor]
    assert len(rooms) == len(set(rooms))
    assert set(rooms) == {room_of(module) for module in MODULES}


def test_rooms_use_the_floors_below():
    height = {room: -number for number, floor in enumerate(FLOORS) for room in floor}
    wrong = [
        f"{module} uses {used}"
        for module, path in MODULES.items()
        for used in edges(path)
        if room_of(used) != room_of(module) and height[room_of(used)] >= height[room_of(module)]
    ]
    assert not wrong


def test_what_decides_on_a_document_is_in_the_key_of_a_run():
    found, left = set(), {"nlp.readers", "nlp.structure.segment", "nlp.mapping", "nlp.contacts", "nlp.classify.heads"}
    while left:
        found.add(module := left.pop())
        left |= edges(MODULES[module]) - found
    rooms = {room_of(module) for module in found}
    known = {part.split("/")[0].removesuffix(".py") for part in DECIDE}
    spoken = {
        "errors",
        "settings",
        "display",
        "official",
        "jsonl",
        "store",
        "caching",
    }  # they say and carry, and decide nothing
    assert rooms - known <= spoken | {"caching"}


def test_no_import_cycle():
    try:
        TopologicalSorter({module: edges(path) for module, path in MODULES.items()}).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {error.args[1]}")


def test_the_package_itself_loads_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not {name for node in statements for name in imported(node)} & set(MODULES)


def speaks(node: ast.AST) -> bool:
    """Whether a node prints or ends the process."""
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "SystemExit"
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in {"print", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write"}


def test_only_the_command_line_prints_and_exits():
    quiet = {module: path for module, path in MODULES.items() if room_of(module) != "cli"}
    assert not [module for module, path in quiet.items() if any(map(speaks, nodes(path)))]


def test_an_option_of_several_commands_is_spelled_once():
    found = Counter(
        ast.unparse(node)
        for module, path in MODULES.items()
        if room_of(module) == "cli"
        for node in nodes(path)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated"
    )
    assert len(found) > 100
    assert not [option for option, count in found.items() if count > 1]  # else it goes to cli/options.py


def is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = getattr(node.type, "elts", [node.type])
    return bool({"Exception", "BaseException", ""} & {ast.unparse(part) if part else "" for part in caught})


def test_one_broad_except_at_the_edge_of_the_batch():
    found = {module for module, path in MODULES.items() for node in nodes(path) if is_broad(node)}
    assert found == {
        "nlp.pipeline",
        "nlp.bench.extraction",
        "nlp.bench.pages",
        "nlp.bench.plain",
    }  # whatever stops a peer is a result


@pytest.mark.parametrize("code", ["import nlp", "import sys; sys.argv[1:] = ['--help']; import nlp.__main__"])
def test_starting_up_loads_nothing_heavy(code: str):
    tell = f"import atexit, sys; atexit.register(lambda: sys.stderr.write(repr({HEAVY} & set(sys.modules))))"
    command = [sys.executable, "-c", f"{tell}; {code}"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr == "set()"


def test_help_is_quick():
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, "-m", "nlp", "--help"], cwd=ROOT, capture_output=True, check=True)
        seconds.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    assert min(seconds) < HELP_SECONDS
