"""What a case is: an input that code makes, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PHRASE = "The heron office trained forty lighthouse inspectors in the northern harbour"
SECOND = "In May the plover office mended nine lanterns for the people of the coast"
UNSAID = "The cormorant cellar keeps seven painted barrels behind the door"
FILLER = "During the year the office held many small meetings about lamps, stairs and the colour of the sea. "

PORT = 47_391  # nobody must ask anything of it
ADDRESS = f"http://127.0.0.1:{PORT}"

READ = ("ok", "partial")
REFUSED = ("corrupt", "unsupported", "encrypted", "too_large", "no_text")
KILLED = ("timeout", "out_of_memory", "crashed")  # by a limit: allowed only where a bomb goes off in foreign code

Make = Callable[[], bytes] | Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One input of a torture row.

    Attributes:
        row: number of the row. name: of the file, its path below the folder of inputs.
        make: gives the file's bytes; where `special`, it makes the path itself.
        statuses: the statuses that the ledger may give. reason: words that its reason must have.
        keeps, lacks: what must and must not stand in the canonical text. once: what must stand there exactly once.
        losses: words of what must be counted as lost.
        tight: whether it is read under the tight limits (`LIMITS["tight"]`).
    """

    row: int
    name: str
    make: Callable[..., bytes | None]
    statuses: tuple[str, ...]
    reason: str = ""
    keeps: tuple[str, ...] = ()
    lacks: tuple[str, ...] = (UNSAID,)
    once: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    special: bool = False
    tight: bool = False

    @property
    def key(self) -> str:
        """What the test is called."""
        return f"{self.row}-{self.name.encode('ascii', 'backslashreplace').decode()[:60]}"


# Text recognition is off, so that a machine with Tesseract gives what one without gives. None of
# the cases may need the time that is given: it is for machines that do much else.
LIMITS: dict[str, dict[str, str]] = {
    "usual": {
        "EVMAP_MAX_BYTES": "30000000",
        "EVMAP_READ_SECONDS": "90",
        "EVMAP_READ_MEMORY": "2000000000",
        "EVMAP_OCR_SECONDS": "0",
    },
    "tight": {
        "EVMAP_MAX_BYTES": "20000000",
        "EVMAP_MAX_PAGES": "50",
        "EVMAP_MAX_CHARACTERS": "60000",
        "EVMAP_READ_SECONDS": "90",
        "EVMAP_READ_MEMORY": "2000000000",
        "EVMAP_OCR_SECONDS": "0",
    },
}


def write(case: Case, folder: Path) -> Path:
    """Make the input of a case below `folder`; return its path."""
    path = folder / case.name
    path.parent.mkdir(parents=True, exist_ok=True)
    if case.special:
        case.make(path)
    else:
        data = case.make()
        if data is None:
            raise TypeError(f"{case.key} makes nothing")
        path.write_bytes(data)
    return path
