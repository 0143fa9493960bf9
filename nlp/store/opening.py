"""From a path or URL to an engine on tables of our version."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, inspect, make_url, select, table, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, OperationalError

from nlp.errors import MissingExtra, StoreError, UsageError
from nlp.store.health import APPLICATION, DAMAGED, REFUSED, Notice, check_version, code_of
from nlp.store.sqlite import looking_engine, writing_engine
from nlp.store.tables import METADATA, MIGRATIONS, VERSION, VERSION_TABLE

KINDS = "Give a path, or postgresql://user@host/database"
AGAIN = "run the same command again: what was committed stays"
ADVICE = {
    DAMAGED: ("damaged", "Move it away and run the same command again: every document is mapped anew"),
    "SQLITE_FULL": ("the disk is full", f"Make room, then {AGAIN}"),
    "SQLITE_BUSY": ("another process writes into it", f"When it has ended, {AGAIN}"),
    "SQLITE_READONLY": ("cannot be written", "Name another folder with -o"),
}

LASTING: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 20}  # for a process that serves all day


def open_engine(target: Path | str, notice: Notice, keep: bool = False) -> tuple[Engine, str]:
    """Return an engine for writing, its tables made or migrated, and its name for messages.

    Args:
        keep: what it holds cannot be made again: a file that is damaged, or none of ours, is refused, not set aside.

    Raises:
        StoreError, MissingExtra, UsageError: as `Store.open`.
    """
    url = _url(target)
    path = _file(url)
    engine = writing_engine(path, notice, keep) if path else create_engine(url, **(LASTING if keep else {}))
    name = _explained(engine, url, keep)
    with engine.begin() as connection:
        _migrate(connection, name)
    return engine, name


def look_engine(target: Path | str) -> tuple[Engine, str]:
    """Return an engine that only reads, beside a run that writes or not, and its name for messages.

    Raises:
        StoreError, MissingExtra, UsageError: as `Store.look`.
    """
    url = _url(target)
    path = _file(url)
    engine = looking_engine(path) if path else create_engine(url, execution_options={"postgresql_readonly": True})
    name = _explained(engine, url)
    with engine.connect() as connection:
        found = _version(connection)
    check_version(name, found)
    if found != VERSION:
        raise StoreError(name, "no store of this version", f"If it is a folder of evmap map, {AGAIN}")
    return engine, name


def _url(target: Path | str) -> URL:
    """Return the URL of a path or URL: SQLite, or PostgreSQL by psycopg 3."""
    if isinstance(target, Path) or "://" not in target:
        return URL.create("sqlite", database=str(target))
    try:
        url = make_url(target)
    except ArgumentError:
        raise UsageError("store", "its address is no URL", KINDS) from None
    if url.get_backend_name() == "sqlite" and url.database:
        return url
    if url.drivername.split("+")[0] not in {"postgresql", "postgres"}:
        raise UsageError("store", f"cannot be kept in {url.drivername}", KINDS)
    if find_spec("psycopg") is None:
        raise MissingExtra("a store in PostgreSQL", "postgres")
    return url.set(drivername="postgresql+psycopg")


def _file(url: URL) -> Path | None:
    return Path(str(url.database)) if url.drivername.startswith("sqlite") else None


def _version(connection: Connection) -> str | None:
    """Return the version of the tables, None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return found


def _migrate(connection: Connection, name: str) -> None:
    found = _version(connection)
    check_version(name, found)
    if found == VERSION:
        return
    if found is None and (others := METADATA.tables.keys() & set(inspect(connection).get_table_names())):
        reason = f"it holds tables of something else: {', '.join(sorted(others))}"
        raise StoreError(name, reason, "Name an empty database")
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id={APPLICATION}"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _explained(engine: Engine, url: URL, keep: bool = False) -> str:
    """Turn what the database says of itself into errors of ours; return its name, without a password.

    A breach of the tables' own rules, or a statement that is wrong, is a fault of ours and stays what it is.
    """
    name = str(_file(url) or url.render_as_string(hide_password=True))
    advice = {**ADVICE, DAMAGED: ("damaged", REFUSED)} if keep else ADVICE

    @event.listens_for(engine, "handle_error")
    def _failed(context: ExceptionContext) -> None:
        error, code = context.original_exception, code_of(context.original_exception)
        if code in advice:
            raise StoreError(name, *advice[code]) from error
        if isinstance(context.sqlalchemy_exception, OperationalError) and code != "SQLITE_ERROR":
            raise StoreError(name, " ".join(str(error).split()), f"Then {AGAIN}") from error

    return name
