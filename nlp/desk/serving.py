"""A desk that is served: opened, its parts started, and all of it ended again."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlp.desk.app import make_app
from nlp.desk.gate import Gate
from nlp.desk.inbox import Inbox
from nlp.desk.office import Office
from nlp.desk.shield import Doors, Shield, is_any, is_loopback
from nlp.desk.users import SALT_BYTES, Users, new_user
from nlp.desk.watching import Watch
from nlp.errors import EvmapError, UsageError
from nlp.pipeline import safe_reason
from nlp.program import Program, load_program, recorded_program
from nlp.review.codebook import place_of
from nlp.review.desk import Desk
from nlp.settings import Settings

KEY, KEY_BYTES = ".key", 32
CONNECTIONS, GRACE_SECONDS = 400, 5
FINISHED, INSIDE = "run.json", "desk"
Notice = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """How a desk is to be served.

    Attributes:
        folder: the desk, or an output folder of ``evmap map``. host, port: where to listen; port 0: any free one.
        store: URL of a database, "" for one in the folder. name: code of who works here, where there are no users.
        users: file of users, None for one person on this machine. maps: whether reports are mapped.
        watch: folder to watch. addresses: those that people use, where another server stands in front.
    """

    folder: Path
    settings: Settings
    host: str = "127.0.0.1"
    port: int = 8765
    store: str = ""
    name: str = "officer-1"
    users: Path | None = None
    maps: bool = True
    watch: Path | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Served:
    """A desk that is open.

    Attributes:
        listening: a socket that listens. address: for people, with the token where there is one.
    """

    app: Shield
    office: Office
    listening: socket.socket
    address: str


def check(wanted: Wanted) -> None:
    """Refuse what would be unsafe.

    Raises:
        UsageError: if others could reach a desk on which nobody has to sign in, or nobody could reach it by name.
    """
    if wanted.users is None and not is_loopback(wanted.host):
        reason = "others could reach this desk, and it has no users"
        raise UsageError(wanted.host, reason, "Give --users FILE (see evmap desk user add), with TLS in front")
    if is_any(wanted.host) and not wanted.addresses:
        raise UsageError(wanted.host, "the name by which people reach it is missing", "Give --address https://NAME")


@contextmanager
def opened(wanted: Wanted, notice: Notice = lambda _: None) -> Iterator[Served]:
    """Open a desk and start its parts; the end of the block ends them.

    Raises:
        UsageError: as `check`, or if the port is taken. StoreError, MissingExtra, CodebookError: as `Desk.open`.
    """
    check(wanted)
    with ExitStack() as stack:
        listening = stack.enter_context(_listening(wanted.host, wanted.port))
        port = int(listening.getsockname()[1])
        folder, run = desk_folder(wanted.folder)
        desk = stack.enter_context(Desk.open(folder, wanted.store, program_for(wanted)))
        settings = replace(wanted.settings, program=place_of(folder, desk.program))
        if run:
            for report in desk.bring_in(run, wanted.name):
                notice(f"{report.name}: {report.state}")
        key = own_key(folder)
        users, token = _users(wanted, key)
        secure = any(address.startswith("https:") for address in wanted.addresses)
        gate = Gate(users, key, f"evmap-{port}", secure)
        doors = Doors.of(wanted.host, port, wanted.addresses, wanted.settings.max_bytes)
        office = Office.on(desk, gate, doors, settings)
        stack.callback(office.close)
        _learn_early(desk, stack)
        if wanted.maps:
            office.inbox = Inbox(desk, settings, notice)
            office.inbox.start()
        if wanted.watch:
            watch = Watch(wanted.watch, desk, settings, lambda _: _wake(office), notice)
            stack.callback(watch.stop)
            watch.start()
        yield Served(make_app(office), office, listening, _address(wanted, port, token))


def run_server(served: Served) -> None:
    """Answer requests until a signal ends it; what was begun is answered first."""
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(_without_words)
    config = uvicorn.Config(
        served.app, log_config=None, access_log=False, server_header=False, ws="none", proxy_headers=False,
        limit_concurrency=CONNECTIONS, timeout_graceful_shutdown=GRACE_SECONDS, lifespan="off",
    )  # fmt: skip
    uvicorn.Server(config).run([served.listening])


def program_for(wanted: Wanted) -> Program | None:
    """Return the programme that a desk is asked for: by settings, else that of the run to bring in; None: by neither.

    Raises:
        CodebookError: if it is not there, or damaged.
    """
    if wanted.settings.program:
        return load_program(wanted.settings.program)
    run = desk_folder(wanted.folder)[1]
    return recorded_program(run) if run else None


def _learn_early(desk: Desk, stack: ExitStack) -> None:
    """Take the passages that are there into the index of duplicates beside all else: the first spread need not wait."""

    def learn() -> None:
        with suppress(EvmapError):  # who spreads will hear of it
            desk.learn()

    thread = threading.Thread(target=learn, name="duplicates", daemon=True)
    stack.callback(thread.join, 10.0)
    thread.start()


def desk_folder(folder: Path) -> tuple[Path, Path | None]:
    """Return where the desk is, and the finished run that is to be brought in, if the folder is one."""
    return (folder / INSIDE, folder) if (folder / FINISHED).is_file() else (folder, None)


def own_key(folder: Path) -> bytes:
    """Return the secret that signs this desk's sessions, made on first use, so that they outlive a restart.

    Raises:
        UsageError: if it cannot be kept.
    """
    path = folder / KEY
    try:
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:  # noqa: PTH123 - its rights from the start
                file.write(secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise UsageError(path, f"cannot be kept: {error.strerror}", "Name a folder that can be written") from None
    return key if len(key) == KEY_BYTES else secrets.token_bytes(KEY_BYTES)  # another has not yet written it


def _users(wanted: Wanted, key: bytes) -> tuple[Users, str]:
    """The users of a desk, and the token of the only one where there is no file of them.

    That one hangs on the desk's key alone: after a restart her pages go on as if nothing had been.
    """
    if wanted.users:
        return Users(wanted.users), ""
    token = hmac.new(key, f"token of {wanted.name}".encode(), hashlib.sha256).hexdigest()
    salt = hashlib.sha256(b"salt" + key).hexdigest()[: 2 * SALT_BYTES]
    alone, token = new_user(wanted.name, "adjudicator", token, salt)
    return Users(None, [alone]), token


def _address(wanted: Wanted, port: int, token: str) -> str:
    host = f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    base = wanted.addresses[0].rstrip("/") if wanted.addresses else f"http://{host}:{port}"
    return f"{base}/?token={token}" if token else f"{base}/"


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:  # else asyncio leaves Nagle on
        if os.name != "nt":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(256)
        except (OSError, OverflowError) as error:
            reason = f"cannot listen there: {getattr(error, 'strerror', None) or error}"
            raise UsageError(f"{host}:{port}", reason.lower(), "Choose another with --port") from None
        yield listening


def _wake(office: Office) -> None:
    if office.inbox:
        office.inbox.wake()


def _without_words(record: logging.LogRecord) -> bool:
    """Let a log say where something broke, never what a document says."""
    failed: Any = record.exc_info
    if failed:
        record.msg, record.args, record.exc_info = f"a request broke: {safe_reason(failed[1])}", (), None
    return True
