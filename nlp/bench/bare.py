"""The encoder alone, in as many processes as map: the pace that the whole batch is held against."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

from nlp.bench.command import Arm, Stopwatch
from nlp.bench.machine import gigaflops
from nlp.classify.choosing import choose_model
from nlp.classify.features import joined
from nlp.classify.heads import read_manifest
from nlp.encode import embed
from nlp.errors import UnreadableDocument, UsageError
from nlp.pipeline import adapter_of, read_structured, surroundings
from nlp.program import load_program
from nlp.settings import Settings

LOADING = 300.0  # seconds for all processes to have loaded their encoder


@dataclass(frozen=True, slots=True)
class Bare:
    """The encoder alone on some passages.

    Attributes:
        rate: passages a second. others: share of the machine that others took meanwhile.
        work: arithmetic a passage, in GFLOP; None for an encoder that is no transformer.
    """

    system: str
    passages: int
    rate: float
    others: float
    work: float | None

    def gflops(self, rate: float | None = None) -> float | None:
        """Arithmetic a second at its own rate, or at that of a whole batch (passages a second), in GFLOP/s."""
        return None if self.work is None else self.work * (rate or self.rate)


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


def bench_bare(texts: Sequence[tuple[str, str]], arm: Arm, processes: int) -> Bare:
    """Time an encoder alone on passages as its model has it read them: alone, or joined with their surroundings.

    Raises:
        EncoderError, ModelError: if it cannot be loaded. UsageError: if there are too few passages.
        RuntimeError: if one of its processes ended.
    """
    _, folder = choose_model(Settings.load(encoder=arm.encoder), lambda _: None)
    read = [text[bool(read_manifest(folder).get("joined"))] for text in texts]
    if len(read) < processes:
        raise UsageError(arm.name, f"{len(read)} passages for {processes} processes", "Give more documents")
    parts = [read[start::processes] for start in range(processes)]
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _load, (arm, adapter_of(folder), together)) as pool:
        list(pool.map(_warm, [part[:2] for part in parts]))
        watch = Stopwatch()
        took = list(pool.map(_encode, parts))
        seconds, _, others = watch.read(running=sum(took))
    work = gigaflops(read, arm.encoder)
    return Bare(arm.name, len(read), round(len(read) / seconds, 2), round(others, 3), work and work / len(read))


_encoder: embed.Embedder | None = None
_together: Barrier | None = None


def _load(arm: Arm, adapter: Path | None, together: Barrier) -> None:
    global _encoder, _together
    _encoder = embed.load(arm.encoder, adapter, arm.precision or embed.FP32)
    _encoder.threads = 1
    _together = together


def _warm(texts: list[str]) -> None:
    """Wait until every process has loaded, so that each gets its part, and encode a little."""
    if _together is not None:
        _together.wait(LOADING)
    _encode(texts)


def _encode(texts: list[str]) -> float:
    """Encode; return the computing seconds."""
    if _encoder is None:
        raise RuntimeError("the encoder was not loaded")
    clock = time.process_time()
    _encoder.encode(texts)
    return time.process_time() - clock
