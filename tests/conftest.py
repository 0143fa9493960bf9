"""What tests share: folders of their own, and a tiny model trained on a few of the annotated passages."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for one another make training six times slower

import opened
from storing import server, server_programs

import nlp
from nlp.annotations import load_training
from nlp.program import Program, load_program
from nlp.review.desk import Desk
from nlp.settings import Settings
from tests.hashed import train_hash, write_annotations

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what a user imported, and what was built, out of the tests and the tests out of it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVMAP_HOME", str(home / "data"))
        patch.setenv("EVMAP_CACHE", str(home / "cache"))
        yield home
    shutil.rmtree(home)  # converted weights are large


@pytest.fixture(scope="session")
def program() -> Program:
    """The shipped codebook."""
    return load_program()


@pytest.fixture
def evmap_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of this test alone."""
    monkeypatch.setenv("EVMAP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def annotations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small annotation folder in our format: a few hundred passages."""
    folder = tmp_path_factory.mktemp("annotations")
    write_annotations(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(annotations: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model, with heads, calibration, lanes and examples, on the encoder that needs no weights."""
    folder = tmp_path_factory.mktemp("models") / "hash"
    train_hash(annotations, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_settings(tiny_model: Path) -> Settings:
    """Settings that name the tiny model; a child that reads too long is stopped soon."""
    return Settings(encoder="hash", model=str(tiny_model), read_seconds=20.0)


@pytest.fixture(scope="session")
def finished_run(tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run over samples in four languages and a file that is torn; not to be changed."""
    return opened.write_run(tmp_path_factory.mktemp("run"), tiny_settings)


@pytest.fixture(scope="session")
def corpus(finished_run: Path) -> nlp.Corpus:
    """The same run, opened."""
    return nlp.open(finished_run)


@pytest.fixture(scope="session")
def decided(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> nlp.Corpus:
    """The same run as a desk exports it, opened: the first link confirmed, the second rejected."""
    return nlp.open(opened.decided(finished_run, tmp_path_factory.mktemp("desk") / "export"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Folder of a throw-away PostgreSQL."""
    if server_programs() is None or find_spec("psycopg") is None:
        pytest.skip("no PostgreSQL server or no psycopg here")
    with server() as folder:
        yield folder


@pytest.fixture
def desk(program: Program, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite."""
    with Desk.open(tmp_path / "desk", program=program) as one:
        yield one


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tiny_environment(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same settings as a user gives them: by environment variables."""
    monkeypatch.setenv("EVMAP_ENCODER", "hash")
    monkeypatch.setenv("EVMAP_MODEL", str(tiny_model))
    return tiny_model


@pytest.fixture(scope="session")
def annotated_texts(annotations: Path) -> list[str]:
    """Texts of passages that the tiny model learned from and that all annotators gave a target."""
    rows = load_training(annotations)
    return [row.text for row in rows if any(share >= 1 for share in row.targets.values())]
