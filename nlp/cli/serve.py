"""evmap serve and evmap watch: the review desk in a browser, and a folder whose reports go on it."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import Encoder, NewDesk, OwnModel
from nlp.cli.speak import notice, plain

if TYPE_CHECKING:
    from nlp.desk.inbox import Inbox
    from nlp.desk.watching import Watch
    from nlp.review.desk import Desk
    from nlp.settings import Settings

Programme = Annotated[
    str | None,
    typer.Option("--program", help="Programme of a new desk: its folder, an export, or a shipped one (gcm)."),
]
Precision = Annotated[str | None, typer.Option(help="fp32, bf16, int8, auto (bf16 where that is faster).")]
Store = Annotated[str, typer.Option(help="URL of a PostgreSQL database instead of DESK/desk.sqlite.")]


def serve_command(
    desk: Annotated[Path, typer.Argument(help="Folder of the desk, made if missing, or OUT of evmap map.")],
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8765,
    store: Store = "",
    name: Annotated[str, typer.Option("--as", help="Your code in the log; no names.")] = "officer-1",
    users: Annotated[Path | None, typer.Option(help="File of users (evmap desk user); each signs in.")] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="Address people use, behind TLS: https://desk.example.org.")
    ] = None,
    watch: Annotated[Path | None, typer.Option(help="Folder whose files go on the desk.")] = None,
    encoder: Encoder = None,
    model: OwnModel = None,
    precision: Precision = None,
    program: Programme = None,
    no_map: Annotated[bool, typer.Option("--no-map", help="Only review: load no model.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
) -> None:
    """Serve the review desk in a browser, on this machine only unless told otherwise.

    Prints the address to open. Ctrl-C ends it; what was decided is on the disk. To serve it to others, give --users,
    and let a server with TLS (such as nginx or Caddy) stand in front.

    Examples:

        evmap serve desk --open

        evmap serve out --as officer-3

        evmap serve desk --users users.json --host 10.0.0.5 --address https://desk.example.org --store postgresql:///desk
    """
    from nlp.desk.serving import Wanted, desk_folder, opened, run_server

    signal.signal(signal.SIGTERM, _end)
    settings = settings_for(desk_folder(desk)[0], encoder, model, precision, program)
    wanted = Wanted(
        desk, settings, host, port, store, name, users, not no_map, watch, tuple(address or ())
    )  # fmt: skip
    with opened(wanted, _told) as served:
        print(f"The desk is open at {served.address}", flush=True)
        if users is not None and not address:
            notice("Whatever is sent can be read on the way: let a server with TLS stand in front, and give --address")
        if open_it:
            import webbrowser

            webbrowser.open(served.address)
        run_server(served)
    raise KeyboardInterrupt


def watch_command(
    folder: Annotated[Path, typer.Argument(help="Folder to watch, with its subfolders.")],
    desk: NewDesk,
    store: Store = "",
    encoder: Encoder = None,
    model: OwnModel = None,
    precision: Precision = None,
    program: Programme = None,
    once: Annotated[bool, typer.Option("--once", help="Map what is there, then end.")] = False,
) -> None:
    """Put each file that comes into a folder on a desk and map it at once, until Ctrl-C.

    While evmap serve holds a desk in a folder, give it the folder instead: evmap serve DESK --watch FOLDER.

    Example:

        evmap watch incoming --desk desk
    """
    from nlp.desk.inbox import Inbox
    from nlp.desk.watching import EVERY, STILL, Watch
    from nlp.program import load_program
    from nlp.review.codebook import place_of
    from nlp.review.desk import Desk

    signal.signal(signal.SIGTERM, _end)
    settings = settings_for(desk, encoder, model, precision, program)
    with Desk.open(desk, store, load_program(settings.program) if settings.program else None) as held:
        settings = replace(settings, program=place_of(desk, held.program))
        inbox = Inbox(held, settings, _told)
        seen = Watch(folder, held, settings, lambda _: inbox.wake(), _told, 0.0 if once else STILL)
        inbox.start()
        try:
            _follow(held, seen, inbox, once, EVERY)
        finally:
            inbox.stop()


def settings_for(
    desk: Path, encoder: str | None, model: str | None, precision: str | None, program: str | None
) -> Settings:
    """How to run: with the model that the desk adopted, unless another model or encoder is asked for."""
    from nlp.review.adopting import adopted
    from nlp.settings import Settings

    settings = Settings.load(encoder=encoder, model=model, precision=precision, program=program)
    own = None if settings.model or encoder else adopted(desk)
    if own is None:
        return settings
    notice(f"This desk uses the model that it adopted, {plain(own.name)}; for another: --model or --encoder")
    return replace(settings, model=str(own))


def _follow(held: Desk, seen: Watch, inbox: Inbox, once: bool, every: float) -> None:
    """Look again and again, and say what became of each report."""
    told = {report.document_id for report in held.reports() if report.state in ("ready", "failed")}
    while True:
        left = seen.look()
        reports = held.reports()
        for report in reports:
            if report.document_id not in told and report.state in ("ready", "failed"):
                told.add(report.document_id)
                links = sum(report.counts.values())
                said = f"{links} suggestions" if report.state == "ready" else plain(report.reason or "")
                print(f"{report.state:<7} {plain(report.name)}: {said}", flush=True)
        if inbox.fault:
            raise inbox.fault
        if once and not left and all(report.state in ("ready", "failed") for report in reports):
            return
        time.sleep(min(every, 0.2) if once else every)


def _told(text: str) -> None:
    notice(plain(text))


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
