"""Good files of each format to start from: trap documents and the samples, all ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlp.bench.scanning import scan_of
from tests.traps.catalogue import TRAPS

SAMPLES = Path(__file__).resolve().parent.parent.parent / "corpus" / "samples"
SUFFIXES = {"pdf": ".pdf", "docx": ".docx", "rtf": ".rtf", "html": ".html", "text": ".txt", "scan": ".pdf"}
FILES = 50  # of a format
SCANS = 2
SCAN_DOTS = 100


@dataclass(frozen=True)
class Good:
    """A good file: its name and bytes."""

    name: str
    data: bytes


def good_files(kind: str) -> list[Good]:
    """At most `FILES` sound files of a format, always the same ones: first the samples, then one of each trap."""
    suffix = SUFFIXES[kind]
    samples = [Good(path.name, path.read_bytes()) for path in sorted(SAMPLES.glob(f"*{suffix}"))]
    if kind == "scan":
        return [Good(f"scan of {one.name}", scan_of(one.data, SCAN_DOTS)) for one in samples[:SCANS]]
    traps = [trap for trap in TRAPS if trap.suffix == suffix]
    found = samples
    for number, trap in enumerate(traps):
        if len(found) == FILES:
            break
        language = trap.languages[number % len(trap.languages)]
        data, truth = trap.make(language)
        if truth.status == "ok":
            found.append(Good(f"{trap.name}-{language}", data))
    return found
