"""A folder that is watched: each file that comes into it is put on the desk once it is whole.

A file that is still being copied grows: it is taken when size and time have stood still. What is left out of a folder's
walk (hidden files, links that lead away) is left out here; what disappears is forgotten; what changes comes again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nlp.desk.naming import shown
from nlp.errors import EvmapError, UsageError
from nlp.inputs import walk
from nlp.pipeline import safe_reason
from nlp.readers import load
from nlp.review.desk import Desk
from nlp.review.records import Report
from nlp.settings import Settings

EVERY, STILL = 1.0, 2.0  # seconds between two looks; for which a file has to stand still
WATCHER = "watch"  # who sent what came this way
Stat = tuple[int, int]
Heard = Callable[[Report], None]


@dataclass
class _Seen:
    """A file as it was last seen: size and time, since when (`time.monotonic`), and whether it was dealt with."""

    stat: Stat
    since: float
    done: bool = False


class Watch:
    """Puts what comes into a folder on a desk, in a thread of its own or look by look.

    Args:
        folder: what is watched, with all its subfolders. heard: told of every report that was put on the desk.
        notice: told of files that cannot be taken, once each.

    Raises:
        UsageError: if it is no folder, or the desk lies around it.
    """

    def __init__(
        self, folder: Path, desk: Desk, settings: Settings, heard: Heard, notice: Callable[[str], None],
        still: float = STILL,
    ) -> None:  # fmt: skip
        if not folder.is_dir():
            raise UsageError(folder, "no folder to watch", "Make it, or name another")
        self._folder, self._desk, self._settings = folder, desk, settings
        self._heard, self._notice, self._still = heard, notice, still
        self._files: dict[Path, _Seen] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._notices: set[str] = set()
        self._walked()

    def start(self) -> None:
        """Begin to look every second."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread.ident:
            self._thread.join(10.0)

    def look(self) -> int:
        """Look once; take what has stood still; return how many files are still to be waited for."""
        here = self._walked()
        self._files = {path: seen for path, seen in self._files.items() if path in here}
        for path, stat in here.items():
            seen = self._files.get(path)
            if seen is None or seen.stat != stat:
                self._files[path] = _Seen(stat, time.monotonic())
            elif not seen.done and time.monotonic() - seen.since >= self._still:
                seen.done = True
                self._take(path)
        return sum(not seen.done for seen in self._files.values())

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(EVERY)

    def _walked(self) -> dict[Path, Stat]:
        found: dict[Path, Stat] = {}
        for path in walk([str(self._folder)], self._desk.vault.folder, self._once):
            try:
                told = path.stat()
            except OSError:  # gone again
                continue
            found[path] = (told.st_size, told.st_mtime_ns)
        return found

    def _take(self, path: Path) -> None:
        try:
            self._heard(self._desk.receive(shown(path.name), load(path, self._settings), WATCHER))
        except EvmapError as error:
            self._once(f"{path.name}: not taken: {safe_reason(error)}")

    def _once(self, words: str) -> None:
        if words not in self._notices:
            self._notices.add(words)
            self._notice(words)
