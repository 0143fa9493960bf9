"""Small reports to map; and a small finished run to ask questions of: samples in four languages and a torn file."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from nlp.run import Order, run
from nlp.settings import Settings

SAMPLES = Path(__file__).resolve().parent.parent / "corpus" / "samples"
NAMES = (
    "03-summit-declaration-plan-migration-en.html", "04-ngo-shadow-report-belize-en.txt",
    "07-tableau-cinq-organismes-fr.html", "12-informe-nacional-matriz-es.html", "18-declaracao-ministros-plano-pt.txt",
)  # fmt: skip


def write_run(folder: Path, settings: Settings) -> Path:
    """Map the samples and a file that is torn; return the output folder."""
    paths = [SAMPLES / name for name in NAMES]
    torn = folder / "torn.pdf"
    torn.write_bytes(b"%PDF-1.4\n1 0 obj")
    run([*paths, torn], folder / "out", Order(settings, workers=1))
    return folder / "out"


def write_reports(folder: Path, texts: Sequence[str], count: int) -> Path:
    """Write as many small reports into a folder, two of them the same, one that cannot be read; return the folder."""
    for number in range(count - 2):
        text = texts[number % len(texts)]
        (folder / f"{number:02}.txt").write_text(f"# Report {number}\n\n{text}\n\nNumber {number}.", "utf-8")
    (folder / "twin.txt").write_bytes((folder / "07.txt").read_bytes())
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7\n%torn")
    return folder


def decided(out: Path, copy: Path) -> Path:
    """Copy a run as a desk exports it: links with a state, and a log; the first link confirmed, the second rejected."""
    shutil.copytree(out, copy)
    rows = [json.loads(line) for line in (out / "links.jsonl").read_text("utf-8").splitlines()]
    for row, state in zip(rows, ("confirmed", "rejected", *["suggested"] * len(rows)), strict=False):
        row["state"] = state
    _write(copy / "links.jsonl", rows)
    log = [_decision(number, row) for number, row in enumerate(rows[:2], 1)]
    _write(copy / "decisions.jsonl", log)
    manifest = json.loads((copy / "run.json").read_text("utf-8"))
    manifest["files"].pop("links.jsonl")
    (copy / "run.json").write_text(json.dumps(manifest), "utf-8")
    return copy


def _decision(number: int, row: dict) -> dict:
    item = {name: row[name] for name in ("target", "state", "quote", "start", "end", "treatment", "implementer")}
    fixed = {"reading": 1, "version": 1, "who": "officer-1", "rank": "officer", "undoes": None, "before": None}
    told = {"decision_id": number, "document_id": row["document_id"], "item_id": row["link_id"], "batch": "b"}
    return {**told, **fixed, "at": "2026-03-01T09:30:00.250Z", "action": "confirm", "item": {**item, "reason": "so"}}


def _write(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
