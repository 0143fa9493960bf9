"""Made-up documents for the store, a server for it, and children that write into it until they are killed."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlp.store.lock import locked
from nlp.store.rows import Finished, LinkRow, PassageRow
from nlp.store.store import Store

KEY = "key of model and program"


def name_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def passage(number: int, place: int, size: int = 0) -> str:
    return json.dumps({"document_id": name_of(number), "number": place, "filling": "x" * size})


def document(number: int, position: int | None = None, passages: int = 3, size: int = 0) -> Finished:
    """A document that was read, the same for the same number wherever it stands; a link for every other passage."""
    rows = [passage(number, place, size) for place in range(passages)]
    return Finished(
        position=number if position is None else position, input=f"{number}.txt", status="ok",
        document_id=name_of(number), read_seconds=0.5, map_seconds=0.25,
        row=json.dumps({"document_id": name_of(number), "title": f"Report {number}"}), text=f"Text of {number}.",
        passages=tuple(PassageRow(f"{number}-{place}", row) for place, row in enumerate(rows)),
        links=tuple(LinkRow(f"{number}/{n}", "activity:1", "review", 0.5, row) for n, row in enumerate(rows[::2])),
    )  # fmt: skip


def twin(number: int, position: int) -> Finished:
    """Another input with the same bytes, of which the engine says nothing but that it knows them."""
    return Finished(position, f"copy-{position}.txt", "ok", None, name_of(number), known=True)


def export(store: Store, run_id: int) -> list[object]:
    """All that a run gives, but for times."""
    ledger = [(row.input, row.status, row.row, row.same_as) for row in store.ledger(run_id)]
    rest = (store.documents, store.texts, store.passages, store.links)
    return [ledger, *([*part(run_id)] for part in rest), store.counts(run_id)]


def write_run(path: str, total: int, passages: int, rest: float = 0.0) -> int:
    """Do what a run does: begin, add what is not there yet, commit now and then, finish."""
    with Store.open(Path(path)) as store:
        run_id = store.begin(KEY, total, {})
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        for number in range(total):
            known = store.has(name_of(number), KEY)
            store.add(run_id, twin(number, number) if known else document(number, None, passages, 500))
            if number % 7 == 0:
                store.commit()
            time.sleep(0 if known else rest)
        store.finish(run_id, {})
    return run_id


def hold(out: str) -> None:
    """Hold a folder until killed."""
    with locked(Path(out)):
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        time.sleep(600)


@contextmanager
def child(call: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A child that runs a function of this module, past the line that says it has begun; killed in the end."""
    code = f"import sys, storing; storing.{call}"
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", code, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


def server_programs() -> Path | None:
    """The folder of PostgreSQL's programs, None where it is not installed."""
    found = shutil.which("pg_ctl")
    beside = [Path(found).resolve().parent] if found else []
    folders = [*beside, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """A throw-away PostgreSQL that listens on a socket only; gives its folder, which is the socket's, too.

    `durable`: a commit waits for the disk, as people have it.
    """
    programs = server_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="evmap-pg-", dir="/tmp"))  # a socket's path must be short
    own = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if own:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def call(program: str, *words: str) -> None:
        subprocess.run([*own, programs / program, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C")
    options = f"-k {folder} -c listen_addresses=''{'' if durable else ' -c fsync=off'}"
    call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield str(folder)
    finally:
        call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def database(folder: str) -> str:
    """URL of an empty database on a `server`."""
    import psycopg

    name = f"t{random.getrandbits(60)}"
    with psycopg.connect(f"host={folder} user=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={folder}"
