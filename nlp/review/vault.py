"""Where a desk is kept: a folder with the reports as they came, and the database with all that was decided.

Decisions cannot be made again. A SQLite file that is damaged, or that lost what its journal has, is refused, never
replaced. On SQLite one process holds the desk; on PostgreSQL several may.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, Engine, func, make_url, select, text

from nlp.errors import StoreError, UsageError
from nlp.review.journal import JOURNAL, Journal
from nlp.store.health import REFUSED
from nlp.store.lock import locked
from nlp.store.opening import look_engine, open_engine

DATABASE, FILES, PLACE = "desk.sqlite", "files", "desk.json"
DECIDERS_LOCK, CLAIMS_LOCK = 0x45564D44, 0x45564D43  # PostgreSQL's advisory locks: "EVMD", "EVMC"


class Vault:
    """A desk's folder and database; every call takes a connection of its own, so threads may share it."""

    def __init__(self, folder: Path, engine: Engine, name: str, journal: Journal | None = None) -> None:
        self.folder, self.name = folder, name
        self.held = ExitStack()
        self._engine, self._journal = engine, journal
        self._turn = RLock()
        self._claims: Connection | None = None
        self._claimed: set[str] = set()

    @classmethod
    def open(cls, folder: Path, store: str = "") -> Vault:
        """Open or make a desk.

        Raises:
            StoreError: if another process holds it, it is damaged, or it is kept elsewhere than `store` says.
            UsageError: if the folder cannot be written, or the URL is of no use. MissingExtra: if psycopg is missing.
        """
        with ExitStack() as held:
            if not store:
                advice = "End it, or do this in its pages; several may work at once on PostgreSQL (--store URL)"
                held.enter_context(locked(folder, "another process holds this desk", advice))
            _same_place(folder, store)
            (folder / FILES).mkdir(parents=True, exist_ok=True)
            if not store:
                _not_lost(folder)
            engine, name = open_engine(store or folder / DATABASE, lambda _: None, keep=True)
            held.callback(engine.dispose)
            vault = cls(folder, engine, name, None if store else Journal(folder / JOURNAL))
            with vault.reading() as reader:
                if vault._journal:
                    vault._journal.begin(reader)
            _remember(folder / PLACE, store)
            vault.held = held.pop_all()
        return vault

    @classmethod
    def look(cls, folder: Path, store: str = "") -> Vault:
        """Open a desk to read only, also while another process holds it.

        Raises:
            StoreError: if there is none, or it lost its database. UsageError, MissingExtra: as `open`.
        """
        if not store and not (folder / DATABASE).is_file():
            _same_place(folder, store)
            _not_lost(folder)
            raise StoreError(folder, "no desk is kept there", f"Run: evmap serve {shlex.quote(str(folder))}")
        engine, name = look_engine(store or folder / DATABASE)
        vault = cls(folder, engine, name)
        vault.held.callback(engine.dispose)
        return vault

    @property
    def shared(self) -> bool:
        """Whether several processes may write at once."""
        return self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Let go of the database and the folder."""
        if self._claims:
            self._claims.close()
        self.held.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose answers are all of one moment."""
        with self._engine.connect() as connection:
            options = {"isolation_level": "REPEATABLE READ"} if self.shared else {"reads": True}
            yield connection.execution_options(**options)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that stands when the block ends, also through a power cut, or leaves nothing."""
        if self.shared:
            with self._engine.begin() as connection:
                yield connection
            return
        with self._turn, self._engine.begin() as connection:  # threads queue here rather than in SQLite's busy loop
            yield connection

    @contextmanager
    def deciding(self) -> Iterator[Connection]:
        """As `writing`, for the log: one at a time, so that its numbers become visible in their order."""
        with self._turn:
            with self.writing() as connection:
                if self.shared:
                    connection.execute(select(func.pg_advisory_xact_lock(DECIDERS_LOCK)))
                yield connection
            self.follow()

    def follow(self) -> None:
        """Bring the journal up to the log."""
        if self._journal:
            with self._turn, self.reading() as reader:
                self._journal.follow(reader)

    def claim(self, document_id: str) -> bool:
        """Claim a report until it is let go or this process ends; False if it is claimed already."""
        with self._turn:
            if document_id in self._claimed or not self._advise("pg_try_advisory_lock", document_id):
                return False
            self._claimed.add(document_id)
            return True

    def let_go(self, document_id: str) -> None:
        """Give a claim back."""
        with self._turn:
            if document_id in self._claimed:
                self._claimed.discard(document_id)
                self._advise("pg_advisory_unlock", document_id)

    def _advise(self, call: str, document_id: str) -> bool:
        if not self.shared:
            return True
        if self._claims is None:  # one session for all: claims fall with it, however this process ends
            self._claims = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        asked = text(f"SELECT {call}(:desk, hashtext(:document))")
        return bool(self._claims.scalar(asked, {"desk": CLAIMS_LOCK, "document": document_id}))


def _not_lost(folder: Path) -> None:
    """Make sure that no empty database takes the place of one that its journal still knows.

    Raises:
        StoreError: if decisions were made here, and the database is missing or empty.
    """
    database, journal = folder / DATABASE, folder / JOURNAL
    gone = not database.is_file() or not database.stat().st_size
    if gone and journal.is_file() and journal.stat().st_size:
        raise StoreError(database, f"is missing, but {JOURNAL} beside it has decisions", REFUSED)


def _same_place(folder: Path, store: str) -> None:
    """Make sure that a desk is not begun anew beside the database that it is kept in.

    Raises:
        StoreError: if the folder says that it is kept elsewhere.
    """
    path = folder / PLACE
    try:
        kept = json.loads(path.read_text("utf-8"))["store"] if path.is_file() else _shown(store)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(path, f"cannot be read: {error}", "It says where the desk is kept; put it back") from None
    if kept != _shown(store):
        advice = f"Give --store with that address, or remove {path} if the desk was moved"
        raise StoreError(folder, f"its decisions are kept in {kept or DATABASE}", advice)


def _remember(path: Path, store: str) -> None:
    """Write down where a desk is kept, beside what else is known of it."""
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({**known, "store": _shown(store)}), "utf-8")


def _shown(store: str) -> str:
    """Address of a store as it may be written down: where, without who and with what password."""
    if not store:
        return ""
    try:
        url = make_url(store)
    except ValueError:
        raise UsageError("store", "its address is no URL", "Give postgresql://user@host/database") from None
    host = url.host or url.query.get("host") or ""
    return f"{url.get_backend_name()}://{host}/{url.database or ''}"
