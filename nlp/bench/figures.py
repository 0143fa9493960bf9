"""The figures of whole batches, and what they say beside one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.bench.bare import BY_LIBRARY, Bare
from nlp.bench.command import Arm
from nlp.bench.machine import Peak
from nlp.bench.parts import Part

PEER = "plain script"
ALL, AGAIN, SAMPLE = "all", "again", "sample"


@dataclass(frozen=True, slots=True)
class Line:
    """One run of one system over one set of files.

    Attributes:
        files: "all", "again" (a second run, from the store) or "sample" (the peer's).
        pages, passages: as our reader counts them; None of the peer.
        seconds: wall clock, start, report and all. others: share of the machine that others took meanwhile.
    """

    system: str
    files: str
    documents: int
    pages: int | None
    passages: int | None
    seconds: float
    others: float

    def rate(self, count: int | None) -> float | None:
        """So many a second."""
        return None if count is None else round(count / self.seconds, 2)


@dataclass(frozen=True, slots=True)
class Times:
    """How many times as fast a system is over some files as another, by some measure."""

    system: str
    files: str
    against: str
    by: str
    times: float


@dataclass
class Table:
    """All that was measured, by now or by an earlier command; what failed is not in it."""

    lines: list[Part[Line]] = field(default_factory=list)
    bare: list[Part[Bare]] = field(default_factory=list)
    peaks: list[Part[Peak]] = field(default_factory=list)

    @property
    def peak(self) -> Peak | None:
        """The best of the peaks measured: what disturbs one only lowers it."""
        best = None
        for part in self.peaks:
            best = part.row if best is None else best.better(part.row)
        return best

    def line(self, system: str, files: str) -> Line | None:
        """One run, None if it is not there."""
        found = (part.row for part in self.lines if (part.row.system, part.row.files) == (system, files))
        return next(found, None)

    def rate(self, system: str, files: str) -> float | None:
        """Passages a second of one run, None if it is not there."""
        line = self.line(system, files)
        return None if line is None or line.passages is None else line.passages / line.seconds

    def share(self, bare: Bare, files: str) -> float | None:
        """What whole runs reach of the pace of their encoder alone, None without such a run."""
        rate = self.rate(bare.system, files)
        return None if rate is None else round(rate / bare.rate, 3)

    def of_peak(self, gflops: float | None, precision: str | None) -> float | None:
        """The share of the machine's peak that so many GFLOP/s are; None where either is unknown."""
        return None if gflops is None or self.peak is None else round(gflops / self.peak.of(precision), 3)

    def times(self, arms: Sequence[Arm]) -> Iterator[Times]:
        """Yield what can be said of each system beside the peer, and of its second run beside its first.

        The peer is timed over a sample. On the same files seconds are compared; over all files pages and passages a
        second, with those of the sample counted as our reader counts them, on both sides.
        """
        peer = self.line(PEER, SAMPLE)
        library = {part.row.system: part.row for part in self.bare}
        for arm in arms:
            name, bare = arm.name, library.get(f"{arm.encoder} {BY_LIBRARY}")
            whole, again, sample = (self.line(name, files) for files in (ALL, AGAIN, SAMPLE))
            if whole and again:
                yield Times(name, AGAIN, "its first run", "seconds", _ratio(whole.seconds, again.seconds))
            if whole and whole.passages and bare:
                rate = whole.passages / whole.seconds
                yield Times(name, ALL, f"its encoder alone, {BY_LIBRARY}", "passages a second", _ratio(rate, bare.rate))
            if not peer or not sample:
                continue
            yield Times(name, SAMPLE, PEER, "seconds, same files", _ratio(peer.seconds, sample.seconds))
            for what in ("pages", "passages") if whole else ():
                ours, same = getattr(whole, what), getattr(sample, what)
                if ours and same and whole:
                    yield Times(name, ALL, PEER, f"{what} a second", _ratio(ours * peer.seconds, same * whole.seconds))


def _ratio(larger: float, smaller: float) -> float:
    return round(larger / smaller, 2)
