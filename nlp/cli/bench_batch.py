"""evmap bench batch, scaling, memory, resume, plain: whole runs beside their peers, on this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.cli.files import spelled_out
from nlp.cli.options import GivenEncoderRow, Inputs, Workers
from nlp.cli.speak import notice, per_cent, print_json, print_table

Files = Annotated[list[str], typer.Argument(help="Files or folders.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write the figures as JSON into this file.")]
Documents = Annotated[int, typer.Option(min=0, help="Only so many files, drawn at random; 0: all.")]
Seed = Annotated[int, typer.Option(help="Of what is drawn at random.")]
Precision = Annotated[str | None, typer.Option(help="fp32, bf16, int8 or auto.")]
Scratch = Annotated[Path | None, typer.Option(help="Keep here what the runs write; by default it is deleted.")]


def batch_command(
    inputs: Files,
    encoder: Annotated[
        list[str] | None, typer.Option(help="e5 in every precision, or e5:bf16; may be given again.")
    ] = None,
    workers: Workers = 0,
    documents: Documents = 0,
    peer_documents: Annotated[int, typer.Option(min=0, help="Files for the plain script; 0: leave it out.")] = 60,
    passages: Annotated[int, typer.Option(min=8, help="For the bare encoder, after as many to warm up.")] = 1000,
    seed: Seed = 7,
    scratch: Scratch = None,
    out: Out = None,
) -> None:
    """Time whole runs of `evmap map`: anew, again from the store, and beside a plain script on the same files.

    Also what share of the bare encoder's pace they reach, and of what this machine's processors could do. With
    --scratch each part is kept as soon as it is finished: the same command run again measures only what misses.

    Example:

        evmap bench batch corpus-2000/documents --encoder e5 --encoder use --scratch parts -o batch.json
    """
    from nlp.bench.batch import Task, arms_of, bench_batch
    from nlp.bench.parts import Parts
    from nlp.cli.bench_table import as_json, print_figures
    from nlp.inputs import drawn, find_inputs

    found = find_inputs(inputs)
    paths = drawn(found, sample=documents or None, seed=seed)
    sample = drawn(paths, sample=peer_documents, seed=seed)
    arms = arms_of(encoder or ["e5", "use"], workers)
    task = Task(paths, sample, arms, workers or os.cpu_count() or 1, passages, seed)
    with _kept_folder(scratch) as folder:
        parts = Parts(folder, notice)
        table = bench_batch(task, folder, parts)
    print_figures(table, task, len(found))
    _save(out, as_json(table, task, parts.failed))
    if parts.failed:
        for name, reason in parts.failed.items():
            notice(f"failed: {name}: {reason}")
        raise typer.Exit(3)


def scaling_command(
    inputs: Files,
    encoder: GivenEncoderRow = "e5",
    precision: Precision = None,
    count: Annotated[list[int] | None, typer.Option("--workers", help="Processes; may be given again.")] = None,
    documents: Documents = 0,
    rounds: Annotated[int, typer.Option(min=1, help="How often each number has its turn.")] = 3,
    seed: Seed = 7,
    scratch: Scratch = None,
    out: Out = None,
) -> None:
    """Time the same run with one process that maps, and with more, each number bound to as many processors.

    The numbers take turns; what is shown is the median of the rounds.

    Example:

        evmap bench scaling corpus-2000/documents --documents 100 --workers 1 --workers 2
    """
    from nlp.bench.command import Arm
    from nlp.bench.watch import bench_scaling
    from nlp.inputs import drawn, find_inputs

    paths = find_inputs(inputs)
    paths = drawn(paths, sample=documents or None, seed=seed)
    with _folder(scratch) as folder:
        scales = bench_scaling(paths, Arm(encoder, precision), count or [1, 2], folder, rounds)
    print_table(
        ("processes", "documents", "seconds", "documents/s", "times as fast", "mapping", "times as fast", "range",
         "others"),
        ((s.workers, s.documents, s.seconds, s.rate, s.ratio, s.mapping, s.mapping_ratio,
          "{} to {}".format(*s.spread), per_cent(s.others))
         for s in scales),
        f"each number of processes on as many processors, medians of {rounds} rounds. seconds: the whole run. "
        "mapping: without start and report.",
    )  # fmt: skip
    _save(out, [asdict(scale) for scale in scales])


def memory_command(
    inputs: Files,
    encoder: GivenEncoderRow = "e5",
    precision: Precision = None,
    workers: Workers = 0,
    peer_documents: Annotated[int, typer.Option(min=0, help="Files of each input for the plain script.")] = 300,
    curves: Annotated[Path | None, typer.Option(help="Folder for the curves as CSV.")] = None,
    scratch: Scratch = None,
    out: Out = None,
) -> None:
    """Watch the memory of a run over each input by itself: of the parent, and with all that it started.

    Example:

        evmap bench memory tiny/documents long/documents --curves curves
    """
    from nlp.bench.command import Arm
    from nlp.bench.watch import bench_memory
    from nlp.inputs import drawn, find_inputs

    found = []
    with _folder(scratch) as folder:
        for number, item in enumerate(inputs, 1):
            paths = find_inputs([item])
            peer = drawn(paths, peer_documents, 7)
            name = f"{number}-{Path(item).resolve().parent.name}"
            found += bench_memory(name, paths, Arm(encoder, precision, workers), peer, folder, curves)
    print_table(
        (
            "system",
            "files",
            "documents",
            "seconds",
            "parent MB",
            "second half more",
            "all MB",
            "peer to ours",
            "parent",
        ),
        ((m.system, m.files, m.documents, m.seconds, m.peak, m.growth, m.all_peak, m.ratio, m.line) for m in found),
    )
    _save(out, [asdict(memory) for memory in found])


def resume_command(
    inputs: Files,
    encoder: GivenEncoderRow = "e5",
    precision: Precision = None,
    workers: Workers = 0,
    documents: Documents = 0,
    share: Annotated[float, typer.Option(min=0.01, max=0.99, help="Of its time after which a run is killed.")] = 0.5,
    scratch: Scratch = None,
    out: Out = None,
) -> None:
    """Kill a run, let it go on, and compare with one that nobody disturbed.

    Example:

        evmap bench resume corpus-2000/documents --documents 100
    """
    from nlp.bench.command import Arm
    from nlp.bench.watch import bench_resume
    from nlp.inputs import drawn, find_inputs

    paths = find_inputs(inputs)
    paths = drawn(paths, documents or len(paths), 7)
    with _folder(scratch) as folder:
        one = bench_resume(paths, Arm(encoder, precision, workers), folder, share)
    print_table(
        ("documents", "undisturbed", "killed at", "the rest", "nothing to do", "both to undisturbed", "others"),
        [(one.documents, *(f"{s} s" for s in (one.seconds, one.killed, one.rest, one.nothing)), one.ratio,
          per_cent(one.others))],
    )  # fmt: skip
    _save(out, asdict(one))


def plain_command(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON lines of links.")] = Path("plain.jsonl"),
) -> None:
    """Map files by the plain script that the others are compared with.

    Example:

        evmap bench plain corpus/samples -o plain.jsonl
    """
    from nlp.bench.plain import map_plainly
    from nlp.inputs import find_inputs

    print_json(asdict(map_plainly(find_inputs(spelled_out(inputs)), out)))


@contextmanager
def _kept_folder(kept: Path | None) -> Iterator[Path]:
    """Give a folder for this command alone, empty or with the parts of an earlier one; the user's own is kept."""
    from nlp.bench.parts import KEPT
    from nlp.store.lock import locked

    if kept is None or not (kept / KEPT).exists():
        with _folder(kept) as folder, locked(folder, "another measurement writes there"):
            yield folder
        return
    with locked(kept, "another measurement writes there"):
        yield kept


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """Give an empty folder for what runs write; the user's own, if named, is kept."""
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="evmap-bench-") as name:
            yield Path(name)
        return
    kept.mkdir(parents=True, exist_ok=True)
    if any(kept.iterdir()):
        from nlp.errors import UsageError

        raise UsageError(kept, "not empty: a run would go on where an earlier one was", "Name another folder")
    yield kept


def _save(path: Path | None, content: Any) -> None:
    if path is not None:
        import json

        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        notice(str(path))
