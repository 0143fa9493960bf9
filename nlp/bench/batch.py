"""The whole batch beside its peers: a plain script on the same files, the bare encoder, the machine.

Each part (a run, an encoder alone, the machine's peak) is kept as soon as it is finished, so that a measurement of
hours that was stopped goes on where it was: see `nlp.bench.parts`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from nlp.bench.bare import BY_LIBRARY, WITH_LIBRARY, Bare, bench_bare, texts_of
from nlp.bench.command import Arm, run_ours, run_plain, work_of
from nlp.bench.figures import AGAIN, ALL, PEER, SAMPLE, Line, Table
from nlp.bench.machine import PEAK_SECONDS, Peak, measure_peak
from nlp.bench.parts import Part, Parts, documents_digest, model_digest
from nlp.bench.plain import ENCODER
from nlp.encode import embed
from nlp.errors import UsageError
from nlp.inputs import drawn

TEXT_FILES = 60  # that the passages of the bare encoder are drawn from, where there is no sample


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured.

    Attributes:
        sample: files of the peer; empty leaves it out. processes: that map.
        passages: how many the bare encoder is timed on, after as many to warm up, if the files have so many; seed: of
            what is drawn.
        peak_seconds: of multiplying matrices, in each type and before and after.
    """

    paths: Sequence[Path]
    sample: Sequence[Path]
    arms: Sequence[Arm]
    processes: int
    passages: int
    seed: int
    peak_seconds: float = PEAK_SECONDS


def arms_of(encoders: Sequence[str], workers: int) -> list[Arm]:
    """Return an arm for each encoder in the precision asked for, "e5:bf16", or in each that it offers here, "e5".

    Raises:
        UsageError: if there is no such encoder, or that precision is no gain on this CPU.
    """
    arms: list[Arm] = []
    for asked in encoders:
        name, _, precision = asked.partition(":")
        if name not in embed.EMBEDDERS:
            raise UsageError(name, "no such encoder", f"Choose of: {', '.join(embed.EMBEDDERS)}")
        offered = embed.gainful(name)
        if precision and precision not in offered:
            raise UsageError(asked, "that precision is no gain on this machine", f"Give {name} alone")
        several: Sequence[str | None] = [precision] if precision else offered or [None]
        arms += [Arm(name, which, workers) for which in several]
    return arms


def bench_batch(task: Task, out: Path, parts: Parts) -> Table:
    """Measure the parts that are not kept: the machine's peak, the peer's sample, the encoders alone, whole runs.

    Args:
        out: a folder for what the runs write; it keeps the runs over all files, for the second ones.
    """
    bench = _Bench(task, out, parts)
    bench.peak("before")
    bench.sample()
    bench.alone()
    for arm in task.arms:
        bench.whole(arm)
    bench.peak("after")
    return bench.table


class _Bench:
    def __init__(self, task: Task, out: Path, parts: Parts) -> None:
        self._task, self._out, self._parts, self.table = task, out, parts, Table()

    def peak(self, when: str) -> None:
        """Measure the machine."""
        asked = (self._task.processes, self._task.peak_seconds)
        part = self._parts.take(
            f"peak of the machine, {when}", lambda: {"asked": asked}, Peak, lambda: measure_peak(*asked)
        )
        self.table.peaks += [part] if part else []

    def sample(self) -> None:
        """Run the peer over the sample, and ours."""
        files = self._task.sample
        if not files:
            return

        def peer() -> Line:
            took = run_plain(files, self._out / "plain.jsonl")
            return Line(PEER, SAMPLE, len(files), None, None, round(took.seconds, 1), round(took.others, 3))

        part = self._parts.take(
            f"{PEER}: {len(files)} files", lambda: {"files": self._digest_sample} | model_digest(ENCODER), Line, peer
        )
        self.table.lines += [part] if part else []
        for arm in self._task.arms:
            self._run(arm, SAMPLE, files, self._folder(SAMPLE, arm), lambda: {"files": self._digest_sample})

    def whole(self, arm: Arm) -> None:
        """Run ours over all files, and again; the second run needs what the first one wrote."""
        folder, ledger = self._folder(ALL, arm), self._folder(ALL, arm) / "ledger.jsonl"
        first = self._run(arm, ALL, self._task.paths, folder, lambda: {"files": self._digest_all}, ledger)
        if first:
            self._run(arm, AGAIN, self._task.paths, folder, lambda: {"files": self._digest_all, "first": first.at})

    def alone(self) -> None:
        """Time each encoder without anything else: as we compute it, and as its library does."""
        arms = self._task.arms
        for arm in arms:
            self._alone(arm, f"{arm.name}: the encoder alone", False)
        for arm in {arm.encoder: arm for arm in arms if arm.encoder in WITH_LIBRARY}.values():
            self._alone(arm, f"{arm.encoder}: the encoder alone, {BY_LIBRARY}", True)

    def _alone(self, arm: Arm, name: str, by_library: bool) -> None:
        work = partial(self._bare, arm, by_library)
        part = self._parts.take(name, partial(self._on_texts, arm), Bare, work)
        self.table.bare += [part] if part else []

    def _on_texts(self, arm: Arm) -> dict[str, Any]:
        task = self._task
        drawn_by = {"passages": task.passages, "warm": task.passages, "seed": task.seed, "processes": task.processes}
        return {**drawn_by, "files": documents_digest(self._text_files), **_of(arm)}

    def _bare(self, arm: Arm, by_library: bool) -> Bare:
        return bench_bare(self._texts, arm, self._task.processes, by_library)

    def _run(
        self,
        arm: Arm,
        files: str,
        paths: Sequence[Path],
        folder: Path,
        depends: Callable[[], Mapping[str, Any]],
        needs: Path | None = None,
    ) -> Part[Line] | None:
        def work() -> Line:
            if files != AGAIN:  # an earlier run that was stopped would be gone on with
                shutil.rmtree(folder, ignore_errors=True)
            took, got = run_ours(paths, folder, arm), work_of(folder)
            return Line(
                arm.name, files, got.documents, got.pages, got.passages, round(took.seconds, 1), round(took.others, 3)
            )

        name = f"{arm.name}: {files}, {len(paths)} files"
        part = self._parts.take(name, lambda: {**depends(), **_of(arm)}, Line, work, needs)
        self.table.lines += [part] if part else []
        return part

    def _folder(self, files: str, arm: Arm) -> Path:
        return self._out / f"{files}-{arm.name.replace(' ', '-')}"

    @cached_property
    def _text_files(self) -> Sequence[Path]:
        return self._task.sample or drawn(self._task.paths, sample=TEXT_FILES, seed=self._task.seed)

    @cached_property
    def _texts(self) -> list[tuple[str, str]]:
        return texts_of(self._text_files, 2 * self._task.passages, self._task.seed)

    @cached_property
    def _digest_all(self) -> str:
        return documents_digest(self._task.paths)

    @cached_property
    def _digest_sample(self) -> str:
        return documents_digest(self._task.sample)


def _of(arm: Arm) -> dict[str, Any]:
    """What figures of an arm depend on."""
    return {"arm": asdict(arm), **model_digest(arm.encoder)}
