"""A store's file survives kill -9 and whatever else happens to files; an output folder has one run at a time."""

import json
import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from storing import KEY, child, document, export, hold, name_of, write_run

from nlp.errors import StoreError, UsageError
from nlp.store.health import READ_WHOLE
from nlp.store.lock import HOLDER, is_alive, locked
from nlp.store.reader import StoreReader
from nlp.store.store import Store
from nlp.store.tables import METADATA, MIGRATIONS, VERSION, VERSION_TABLE

DOCUMENTS = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a finished run, closed."""
    write_run(str(tmp_path / "evmap.sqlite"), DOCUMENTS, 20)
    return tmp_path / "evmap.sqlite"


def opened_anew(path: Path) -> tuple[str, list[Path]]:
    """Open a store that must be set aside; return what was said of it, and the files set aside."""
    said: list[str] = []
    with Store.open(path, said.append) as store:
        assert store.last_run() is None
        assert not store.has(name_of(0), KEY)
    (notice,) = said
    aside = sorted(path.parent.glob("evmap.sqlite.damaged-*"))
    assert aside[0].name.removesuffix("-wal") in notice
    assert sorted(path.parent.iterdir()) == sorted([path, *aside])
    return notice, aside


def test_a_sound_store_is_not_set_aside(path: Path):
    with Store.open(path, pytest.fail) as store:
        assert store.has(name_of(0), KEY)


@pytest.mark.parametrize("content", [b"hello", b"\0" * 5_000, b"{}\n" * 9_000, bytes(range(256)) * 100])
def test_what_is_no_database_is_set_aside(tmp_path: Path, content: bytes):
    path = tmp_path / "evmap.sqlite"
    path.write_bytes(content)
    _, (aside,) = opened_anew(path)
    assert aside.read_bytes() == content


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_store_is_set_aside(path: Path, share: float):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    opened_anew(path)


@pytest.mark.parametrize("place", [0, 20, 100, 0.02, 0.5, 0.98])
def test_a_store_with_a_torn_page_is_set_aside(path: Path, place: float):
    whole = bytearray(path.read_bytes())
    start = place if isinstance(place, int) else int(len(whole) * place) // 16_384 * 16_384
    whole[start : start + 64] = b"\xa5" * 64
    path.write_bytes(whole)
    opened_anew(path)


def test_a_database_of_something_else_is_set_aside(tmp_path: Path):
    path = tmp_path / "evmap.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE runs (distance REAL)")
    notice, _ = opened_anew(path)
    assert "something else" in notice


@pytest.mark.parametrize("table", ["links", "inputs", VERSION_TABLE])
def test_a_store_without_one_of_its_tables_is_set_aside(path: Path, table: str):
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"DROP TABLE {table}")
    notice, _ = opened_anew(path)
    assert "missing" in notice


@pytest.mark.parametrize("emptied", [False, True])
def test_a_log_without_its_database_is_set_aside(tmp_path: Path, emptied: bool):
    with Store.open(tmp_path / "whole.sqlite") as store:
        store.begin(KEY, 0, {})
        shutil.copy(tmp_path / "whole.sqlite-wal", tmp_path / "log")
    log = (tmp_path / "log").rename(tmp_path / "alone-wal").read_bytes()
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "evmap.sqlite-wal").write_bytes(log)
    if emptied:
        (folder / "evmap.sqlite").touch()
    _, aside = opened_anew(folder / "evmap.sqlite")
    assert aside[-1].read_bytes() == log


def test_a_large_store_is_checked_where_a_run_begins(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nlp.store.health.READ_WHOLE", 0)
    with Store.open(path, pytest.fail) as store:
        assert store.has(name_of(0), KEY)
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 16_384)
        file.write(b"\xa5" * 64)
    opened_anew(path)
    assert READ_WHOLE > 1 << 30


def test_damage_found_late_says_what_to_do(path: Path):
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'passages'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 16_384)
        file.write(b"\xa5" * 64)
    with StoreReader.look(path) as store, pytest.raises(StoreError, match=r"damaged\. Move it away"):
        [*store.passages(1)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write there"):
        Store.open(tmp_path / "file" / "evmap.sqlite")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path):
    (tmp_path / "evmap.sqlite").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "evmap.sqlite")
    with pytest.raises(StoreError, match="no such store"):
        StoreReader.look(tmp_path / "evmap.sqlite")


def test_looking_mends_nothing(path: Path):
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(StoreError, match="damaged"), StoreReader.look(path) as store:
        [*store.passages(1)]
    assert path.stat().st_size == 50_000


def test_a_store_in_a_read_only_folder_can_be_looked_at(path: Path):
    path.parent.chmod(0o555)
    try:
        with StoreReader.look(path) as store:
            assert store.counts(1).inputs == DOCUMENTS
        assert [*path.parent.iterdir()] == [path]
    finally:
        path.parent.chmod(0o755)


def test_looking_cannot_write(path: Path):
    with (
        StoreReader.look(path) as store,
        store._reading() as connection,
        pytest.raises(StoreError, match="cannot be written"),
    ):
        connection.exec_driver_sql("DELETE FROM runs")


def test_migrations_make_the_tables(path: Path):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]
    with create_engine(f"sqlite:///{path}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert not compare_metadata(context, METADATA)


def test_a_run_killed_at_any_moment_goes_on(path: Path, tmp_path: Path):
    killed = tmp_path / "killed" / "evmap.sqlite"
    chance = random.Random(os.getpid())
    for _ in range(4):
        with child(f"write_run(sys.argv[1], {DOCUMENTS}, 20, 0.01)", killed) as writer:
            time.sleep(chance.uniform(0, 0.4))
            writer.kill()
        with Store.open(killed, pytest.fail) as store, store._reading() as connection:
            whole = connection.exec_driver_sql(
                "SELECT d.passages = 20 AND d.links = 10"
                " AND EXISTS (SELECT 1 FROM texts t WHERE t.document = d.document)"
                " AND d.passages = (SELECT count(*) FROM passages p WHERE p.document = d.document)"
                " AND d.links = (SELECT count(*) FROM links l WHERE l.document = d.document) FROM documents d"
            )
            assert set(whole.scalars()) <= {1}
    last = write_run(str(killed), DOCUMENTS, 20)
    with Store.open(killed, pytest.fail) as resumed, Store.open(path) as plain:
        names = [resumed.ledger(last), plain.ledger(1)]
        assert [row.document_id for row in names[0]] == [row.document_id for row in names[1]]
        assert export(resumed, last)[2:] == export(plain, 1)[2:]


def test_a_killed_run_can_be_looked_at(tmp_path: Path):
    with child("write_run(sys.argv[1], 1000, 5, 0.01)", tmp_path / "evmap.sqlite") as writer:
        with StoreReader.look(tmp_path / "evmap.sqlite") as store:
            run = store.last_run()
            assert run is not None
            assert (run.state, run.pid, is_alive(run.pid, run.host)) == ("running", writer.pid, True)
        writer.kill()
        writer.wait()
        assert not is_alive(run.pid, run.host)
        assert is_alive(run.pid, "another host")
    with StoreReader.look(tmp_path / "evmap.sqlite") as store:
        assert store.counts(run.run_id).inputs <= 1000


def test_the_second_run_is_told_who_holds_the_folder(tmp_path: Path):
    with child("hold(sys.argv[1])", tmp_path) as holder:
        with pytest.raises(StoreError, match=f"another run writes there: process {holder.pid} on .* since 2") as caught:
            hold(str(tmp_path))
        assert "evmap status" in caught.value.hint
        assert json.loads((tmp_path / HOLDER).read_text("utf-8"))["pid"] == holder.pid
        holder.kill()
        holder.wait()
        with locked(tmp_path):
            assert json.loads((tmp_path / HOLDER).read_text("utf-8"))["pid"] == os.getpid()


def test_the_lock_falls_with_its_block(tmp_path: Path):
    for _ in range(2):
        with pytest.raises(KeyError), locked(tmp_path / "new"):
            raise KeyError
    assert [path.name for path in (tmp_path / "new").iterdir()] == [".evmap.lock"]


def test_a_folder_that_cannot_be_locked_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write there"), locked(tmp_path / "file"):
        pass


def test_a_full_disk_is_told(tmp_path: Path):
    with Store.open(tmp_path / "evmap.sqlite") as store:
        run_id = store.begin(KEY, 1, {})
        store._writer.exec_driver_sql("PRAGMA max_page_count=40")
        with pytest.raises(StoreError, match=r"the disk is full\. Make room"):
            store.add(run_id, document(0, passages=400, size=5_000))
