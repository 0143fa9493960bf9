"""What is seen of long work while it lasts, and how it is stopped."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from nlp.cli.speak import notice, plain
from nlp.store.rows import Finished

SAID_EVERY = 60.0  # seconds between two lines where standard error is no terminal
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopping:
    """Turns the first Ctrl-C (or SIGTERM) into a wish and the second into an order.

    Attributes:
        signal: the number of the signal that came first, None if none did.
    """

    def __init__(self, hush: bool) -> None:
        self.signal: int | None = None
        self._hush = hush
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        self._before = {number: signal.signal(number, self._hear) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def asked(self) -> bool:
        """Whether somebody wants the work to stop."""
        return self.signal is not None

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
        if not self._hush:
            notice("Stopping: what is being mapped is finished first. Once more to stop at once.")


class Progress:
    """A bar with rate, time left and failures on standard error; lines where that is no terminal, or when verbose.

    Args:
        total: number of inputs. hush: show nothing. verbose: a line for every input.
    """

    def __init__(self, total: int, hush: bool, verbose: bool) -> None:
        self._total, self._verbose, self._hush = total, verbose and not hush, hush
        self._began = self._spoke = time.monotonic()
        self._done: Counter[str] = Counter()
        self._known = 0
        self._bar: Any = None
        if not hush and not verbose and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
                TimeRemainingColumn(), TextColumn("{task.fields[said]}", markup=False),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("loading the model", total=total, said="")

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, found: Finished) -> None:
        """Show that one input is done."""
        self._done[found.status] += 1
        self._known += found.known
        if self._bar:
            self._bar.update(self._task, advance=1, description=plain(Path(found.input).name)[:40], said=self._said())
        elif self._verbose:
            reason = f" ({plain(found.reason)})" if found.reason else ""
            seconds = found.read_seconds + found.map_seconds
            links = "known" if found.known else f"{len(found.links)} links"
            notice(f"{found.status:<12} {links:>11} {seconds:>7.1f} s  {plain(found.input)}{reason}")
        elif not self._hush and time.monotonic() - self._spoke > SAID_EVERY:
            self._spoke = time.monotonic()
            notice(f"{sum(self._done.values())} of {self._total} inputs, {self._said()}")

    def _said(self) -> str:
        """Rate, time left, failures so far."""
        done, elapsed = sum(self._done.values()), time.monotonic() - self._began
        fresh = done - self._known
        rate = fresh / elapsed if elapsed else 0.0
        parts = [f"{rate * 60:.0f} a minute" if rate < 10 else f"{rate:.0f} a second"]
        if fresh and done < self._total:
            parts.append(f"{duration((self._total - done) / rate)} left")
        if failed := done - self._done["ok"]:
            parts.append(f"{failed} not read whole")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time for people: "40 s", "3 min", "2.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
