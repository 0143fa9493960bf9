"""A wheel built from here works away from the checkout: codebook, samples and models travel with it."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT

from nlp import __version__
from nlp.encode.embed import available
from nlp.settings import ENCODER

pytestmark = pytest.mark.slow
WITHOUT_TORCH = (
    "import sys; from nlp.cli import main\n"
    "try: main()\n"
    "finally: print('torch' in sys.modules, file=sys.stderr)\n"
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    alone = [] if find_spec("hatchling") is None else ["--no-isolation"]
    command = [sys.executable, "-m", "build", "--wheel", *alone, "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=500)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_its_data(names: set[str]):
    for folder in ("corpus/program", "corpus/programs", "corpus/samples", "models"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"nlp/_data/{name}" for name in files} <= names
    assert {f"nlp/_data/models/{ENCODER}/{name}" for name in ("manifest.json", "heads.npz", "examples.jsonl")} <= names
    pages = {f"nlp/writers/{page}.{kind}" for page in ("report", "overlay") for kind in ("html.j2", "css", "js")}
    assert pages <= names
    migrations = ROOT / "nlp" / "store" / "migrations"
    assert {path.relative_to(ROOT).as_posix() for path in migrations.rglob("*.py")} <= names


def test_the_wheel_carries_nothing_else(names: set[str]):
    tops = {name.split("/")[0] for name in names}
    assert tops == {"nlp", f"evmap-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".sqlite", ".draft"))]


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed; the other packages are those of this interpreter."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(folder),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def python(site: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVMAP_")}
    environment |= {"PYTHONPATH": str(site), "EVMAP_HOME": str(site / "home"), "COLUMNS": "200"}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, text=True, timeout=300)


def test_it_runs_away_from_the_checkout(site: Path):
    assert Path(python(site, "-c", "import nlp; print(nlp.__file__)").stdout).is_relative_to(site)
    assert python(site, "-m", "nlp", "--version").stdout == f"evmap {__version__}\n"
    checked = python(site, "-m", "nlp", "program", "check")
    assert (checked.returncode, "no fault" in checked.stdout) == (0, True)
    assert "23 objectives" in python(site, "-m", "nlp", "program", "check", "gcm").stdout
    shown = python(
        site, "-c", "import nlp.settings as s; print(sorted(p.name for p in (s.data_root()/'corpus').iterdir()))"
    )
    assert shown.stdout == "['program', 'programs', 'samples']\n"


def test_it_maps_with_a_model_of_its_own_and_no_torch(
    site: Path, names: set[str], tmp_path: Path, annotated_texts: list[str]
):
    if "nlp/_data/models/use/manifest.json" not in names or not available("use"):
        pytest.skip("no model for the light encoder here")
    (tmp_path / "tiny.txt").write_text("\n\n".join(["# Report of the IOM", *annotated_texts[:3]]), "utf-8")
    out = tmp_path / "out"
    said = python(site, "-c", WITHOUT_TORCH, "map", tmp_path / "tiny.txt", "-o", out, "--encoder", "use", "-q")
    assert (said.returncode, said.stderr) == (0, "False\n")
    (row,) = [json.loads(line) for line in (out / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert (row["status"], row["passages"]) == ("ok", 4)
    assert python(site, "-m", "nlp", "check", out).returncode == 0
