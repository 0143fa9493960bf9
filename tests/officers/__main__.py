"""``python -m tests.officers [--served] [--kill-server SECONDS] [--sqlite]``: evmap bench desk with all it needs.

A throw-away PostgreSQL whose commits wait for the disk, or with --sqlite a file; with --served an `evmap serve` that
the officers work through, which --kill-server kills (SIGKILL) after so many seconds and starts again.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer

from nlp.bench.officers import prepare
from nlp.cli import main
from tests.storing import database, server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def tokens_for(file: Path, officers: int) -> list[str]:
    from nlp.desk.users import new_user, write_users

    made = [new_user(f"officer-{number}", "officer") for number in range(officers)]
    write_users(file, [user for user, _ in made])
    return [token for _, token in made]


@contextmanager
def served(folder: Path, store: str, officers: int, kill_after: float) -> Iterator[list[str]]:
    """The options that let officers work through a server; it is killed and started again if asked for."""
    port, users = free_port(), folder.with_name("users.json")
    tokens = tokens_for(users, officers)
    command = [sys.executable, "-m", "nlp", "serve", str(folder), "--no-map", "--port", str(port)]
    command += ["--users", str(users), *(["--store", store] if store else [])]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)]
    assert running[0].stdout is not None
    print(running[0].stdout.readline().strip(), file=sys.stderr)

    def kill() -> None:
        running[-1].kill()
        running[-1].wait()
        print("the server was killed", file=sys.stderr)
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))

    timer = Timer(kill_after, kill)
    if kill_after:
        timer.start()
    try:
        time.sleep(1)
        yield ["--url", f"http://127.0.0.1:{port}", *(word for token in tokens for word in ("--token", token))]
    finally:
        timer.cancel()
        running[-1].kill()
        running[-1].wait()


def run() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--kill-server", type=float, default=0.0)
    parser.add_argument("--officers", type=int, default=8)
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--passages", type=int, default=250)
    own, rest = parser.parse_known_args()
    with ExitStack() as stack:
        store = "" if own.sqlite else database(stack.enter_context(server(durable=True)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "desk"
        prepare(folder, store, own.reports, own.passages)
        words = ["evmap", "bench", "desk", str(folder), "--officers", str(own.officers), *rest]
        words += ["--store", store] if store else []
        if own.served:
            words += stack.enter_context(served(folder, store, own.officers, own.kill_server))
        sys.argv = words
        main()


run()
