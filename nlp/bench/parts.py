"""Parts of a long measurement, kept as they are finished: the same command run again goes on with those that miss."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from nlp.caching import file_sha256
from nlp.classify.choosing import choose_model
from nlp.classify.golden import LIBRARIES, versions
from nlp.classify.heads import digest_of
from nlp.engines.key import package_digest
from nlp.errors import EvmapError
from nlp.settings import Settings

KEPT = "parts.jsonl"
APART = ("desk", "plots", "race.py", "curve.py")
"""Rooms that neither a run nor the plain script enters: what is measured does not depend on them."""
READERS = ("pdfplumber", "pdfminer.six", "pypdfium2", "python-docx", "lxml")
FAILURES = (EvmapError, OSError, RuntimeError, ValueError)  # of a part: a broken pool and torch's are RuntimeErrors
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """A finished part: its figures, when it was finished (local time, to the minute), whether by an earlier command."""

    row: Row
    at: str
    kept: bool

    @property
    def taken(self) -> str:
        """For the table: when, and that it was at another time, if it was."""
        return f"earlier, {self.at}" if self.kept else self.at


class Parts:
    """The parts of a measurement, kept in a folder as lines of JSON.

    Args:
        folder: where; it must be there. say: hears what is being done, what is taken as kept, and what failed.

    Attributes:
        failed: parts that failed, with the reason.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._path, self._say = folder / KEPT, say
        self._kept = {(row["part"], row["key"]): row for row in _whole_rows(self._path)}
        self._base = _machine()
        self.failed: dict[str, str] = {}

    def take(
        self,
        name: str,
        depends: Callable[[], Mapping[str, Any]],
        kind: type[Row],
        work: Callable[[], Row],
        needs: Path | None = None,
    ) -> Part[Row] | None:
        """Return a part as it is kept, or measure and keep it; None if that failed, which is told.

        Args:
            depends: gives what the figures depend on, besides code, libraries and machine.
            kind: a flat dataclass, of the figures. needs: a file that a kept part is worthless without.
        """
        try:
            key = _digest({"base": self._base, "own": depends()})
            if (kept := self._kept.get((name, key))) and (needs is None or needs.exists()):
                self._say(f"{name}: kept, of {kept['at']}")
                return Part(kind(**kept["row"]), kept["at"], True)
            self._say(name)
            row = work()
        except FAILURES as error:
            self.failed[name] = f"{type(error).__name__}: {error}"
            self._say(f"{name}: failed: {self.failed[name]}")
            return None
        at = datetime.now().astimezone().isoformat(" ", "minutes")
        self._keep({"part": name, "key": key, "at": at, "row": asdict(row)})  # type: ignore[call-overload]
        return Part(row, at, False)

    def _keep(self, row: Mapping[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" * _is_torn(self._path) + json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _whole_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, none if it is missing; a line that a kill has torn is passed over."""
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _is_torn(path: Path) -> bool:
    held = path.read_bytes()
    return bool(held) and not held.endswith(b"\n")


def _machine() -> dict[str, Any]:
    """Return what every figure depends on: code, libraries, machine."""
    return {
        "code": package_digest(APART),
        "python": platform.python_version(),
        "libraries": versions((*LIBRARIES, *READERS)),
        "machine": [platform.node(), platform.machine(), os.cpu_count()],
    }


def documents_digest(paths: Iterable[Path]) -> str:
    """Return the sha256 (hex) of files, in their order, by their suffixes and contents.

    Raises:
        OSError: if one cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.suffix.lower()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()


def model_digest(encoder: str) -> dict[str, Any]:
    """Return what mapping with an encoder depends on: its model, and settings, also those of the environment.

    Raises:
        EncoderError, ModelError: if there is no such encoder or model. UsageError: if a setting is wrong.
    """
    settings = Settings.load(encoder=encoder)
    chosen, folder = choose_model(settings, lambda _: None)
    return {"encoder": chosen, "model": digest_of(folder), "settings": asdict(settings)}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
