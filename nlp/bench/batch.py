"""The whole batch beside its peers in one run: a plain script on the same files, the bare encoder, the machine."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.bench.command import Arm, Stopwatch, Timed, Work, run_ours, run_plain, work_of
from nlp.bench.machine import Peak, gigaflops
from nlp.classify.choosing import choose_model
from nlp.classify.features import joined
from nlp.classify.heads import read_manifest
from nlp.encode import embed
from nlp.encode.device import has_bf16
from nlp.errors import UnreadableDocument, UsageError
from nlp.pipeline import adapter_of, read_structured, surroundings
from nlp.program import load_program
from nlp.settings import Settings, data_root

PEER = "plain script"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One run of one system over one set of files.

    Attributes:
        files: "all", "again" (a second run, from the store) or "sample" (the peer's).
        seconds: wall clock, start, report and all. others: share of the machine that others took meanwhile.
        ratio: on the sample, how many times as fast as the peer; on "again", as the first run. None elsewhere.
    """

    system: str
    files: str
    documents: int
    pages: int | None
    passages: int | None
    seconds: float
    others: float
    ratio: float | None = None

    def rate(self, count: int | None) -> float | None:
        """So many a second."""
        return None if count is None else round(count / self.seconds, 2)


@dataclass(frozen=True, slots=True)
class Bare:
    """The encoder alone, on passages of the sample, in as many processes as map.

    Attributes:
        rate: passages a second. share: what the whole batch reaches of it on the same files.
        gflops: arithmetic a second, in GFLOP/s; of_peak: share of the measured peak of its precision, of_fp32: of
            that of float32. None for an encoder that is no transformer.
    """

    system: str
    passages: int
    rate: float
    share: float
    others: float
    gflops: float | None
    of_peak: float | None
    of_fp32: float | None


def arms_of(encoders: Sequence[str], workers: int) -> list[Arm]:
    """Return an arm for each encoder and each precision that it offers and this CPU computes with.

    Raises:
        UsageError: if there is no such encoder.
    """
    if unknown := [name for name in encoders if name not in embed.EMBEDDERS]:
        raise UsageError(unknown[0], "no such encoder", f"Choose of: {', '.join(embed.EMBEDDERS)}")
    arms = []
    for name in encoders:
        offered = [precision for precision in embed.PRECISIONS if precision != "bf16" or has_bf16()]
        arms += [Arm(name, which, workers) for which in (offered if embed.EMBEDDERS[name].adapt else [None])]
    return arms


def bench_batch(paths: Sequence[Path], arms: Sequence[Arm], sample: Sequence[Path], out: Path, say: Say) -> list[Line]:
    """Run ours over all files, twice, and over the sample; then the peer over the sample.

    Args:
        out: a folder for what they write. sample: files of the peer; empty leaves the peer out.
        say: hears what is being done.
    """
    lines: list[Line] = []
    for arm in arms:
        lines += _whole(paths, arm, out, say)
    if not sample:
        return lines
    say(f"{PEER}: {len(sample)} files")
    took = run_plain(sample, out / "plain.jsonl")
    peer = Line(PEER, "sample", len(sample), None, None, round(took.seconds, 1), round(took.others, 3), 1.0)
    lines.append(peer)
    for arm in arms:
        say(f"{arm.name}: the same files")
        folder = out / f"sample-{arm.name.replace(' ', '-')}"
        mine = _line(arm.name, "sample", run_ours(sample, folder, arm), work_of(folder), peer.seconds)
        lines.append(mine)
    return lines


def _whole(paths: Sequence[Path], arm: Arm, out: Path, say: Say) -> Iterator[Line]:
    folder = out / f"all-{arm.name.replace(' ', '-')}"
    say(f"{arm.name}: {len(paths)} files")
    first = run_ours(paths, folder, arm)
    yield _line(arm.name, "all", first, work_of(folder))
    say(f"{arm.name}: again, from the store")
    again = run_ours(paths, folder, arm)
    yield _line(arm.name, "again", again, work_of(folder), first.seconds)


def _line(name: str, files: str, took: Timed, work: Work, against: float | None = None) -> Line:
    ratio = None if against is None else round(against / took.seconds, 2)
    return Line(
        name, files, work.documents, work.pages, work.passages, round(took.seconds, 1), round(took.others, 3), ratio
    )


def texts_of(paths: Sequence[Path], count: int, seed: int) -> list[tuple[str, str]]:
    """Return at most `count` different passages: the text alone, and joined with its surroundings."""
    program, settings = load_program(), Settings.load(ocr_seconds=0.0)
    texts: dict[str, str] = {}
    for path in paths:
        try:
            structured = read_structured(path, settings)
        except UnreadableDocument:
            continue
        own = [structured.document.text[p.span.start : p.span.end] for p in structured.passages]
        texts.update(zip(own, map(joined, own, surroundings(structured, program)), strict=True))
    found = list(texts.items())
    return random.Random(seed).sample(found, min(count, len(found)))  # noqa: S311 - no secret


def bench_bare(texts: Sequence[tuple[str, str]], arms: Sequence[Arm], lines: Sequence[Line], peak: Peak) -> list[Bare]:
    """Time each encoder alone in `peak.processes` processes, and say what the batch reaches of it.

    Each reads passages as its model has it read them: alone, or joined with their surroundings.
    """
    order = ("sample", "all")  # the passages are of the sample, where there is one
    runs = sorted((line for line in lines if line.files in order), key=lambda line: order.index(line.files))
    return [
        _bare([text[_joins(arm)] for text in texts], arm, next(line for line in runs if line.system == arm.name), peak)
        for arm in arms
    ]


def _joins(arm: Arm) -> bool:
    """Whether the model of an encoder has it read passages joined with their surroundings."""
    _, folder = choose_model(Settings.load(encoder=arm.encoder), lambda _: None)
    return bool(read_manifest(folder).get("joined"))


def _bare(texts: Sequence[str], arm: Arm, line: Line, peak: Peak) -> Bare:
    parts = [list(texts[start :: peak.processes]) for start in range(peak.processes)]
    with multiprocessing.get_context("spawn").Pool(peak.processes, _load, (arm,)) as pool:
        pool.map(_encode, [part[:2] for part in parts], chunksize=1)
        watch = Stopwatch()
        took = pool.map(_encode, parts, chunksize=1)
        seconds, _, others = watch.read(running=sum(took))
    rate = len(texts) / seconds
    work = gigaflops(texts, arm.encoder)
    speed = None if work is None else work / seconds
    return Bare(
        arm.name,
        len(texts),
        round(rate, 1),
        round((line.rate(line.passages) or 0.0) / rate, 3),
        round(others, 3),
        speed and round(speed, 1),
        speed and round(speed / peak.of(arm.precision), 3),
        speed and round(speed / peak.fp32, 3),
    )


_encoder: embed.Embedder | None = None


def _load(arm: Arm) -> None:
    global _encoder
    adapter = adapter_of(data_root() / "models" / arm.encoder)
    _encoder = embed.load(arm.encoder, adapter, arm.precision or embed.FP32)
    _encoder.threads = 1


def _encode(texts: list[str]) -> float:
    """Encode; return the computing seconds."""
    if _encoder is None:
        raise RuntimeError("the encoder was not loaded")
    clock = time.process_time()
    _encoder.encode(texts)
    return time.process_time() - clock
