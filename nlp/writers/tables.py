"""The two tables: mapping.csv (what has evidence) and coverage.csv (every report x target, searched or not)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from nlp.cells import write_rows
from nlp.display import title_of
from nlp.jsonl import read_rows
from nlp.program import Program

Row = dict[str, Any]
Key = TypeVar("Key", bound=tuple[str, ...])
MAPPING_FIELDS = (
    "document_id", "title", "implementer", "target", "label", "links", "best_probability", "treatment",
    "best_quote", "page", "symbol", "lane",
)  # fmt: skip
COVERAGE_FIELDS = ("document_id", "title", "target", "label", "state", "links", "best_probability", "input", "status")


def write_mapping(out: Path, program: Program) -> Path:
    """Write mapping.csv: a row for each report, implementer and target that has evidence, with its best quote."""
    documents = {row["document_id"]: row for row in read_rows(out / "documents.jsonl")}
    named = {
        r["passage_id"]: r["implementer"] or r["implementer_text"] or "" for r in read_rows(out / "passages.jsonl")
    }
    best = _best(out, lambda link: (link["document_id"], named[link["passage_id"]], link["target"]))
    return _write(out / "mapping.csv", MAPPING_FIELDS, _mapping_rows(best, documents, program))


def _mapping_rows(best: dict[tuple[str, str, str], Row], documents: dict[str, Row], program: Program) -> Iterator[Row]:
    order = {identity: number for number, identity in enumerate(documents)}
    places = {target: number for number, target in enumerate(program.targets)}
    for identity, implementer, target in sorted(best, key=lambda k: (order[k[0]], k[1], places[k[2]])):
        link, document = best[identity, implementer, target], documents[identity]
        yield {
            "document_id": identity,
            "title": document["title"],
            "implementer": implementer,
            "target": target,
            "label": title_of(program, target, document["language"]),
            "links": link["links"],
            "best_probability": link["probability"],
            "treatment": link["treatment"],
            "best_quote": link["quote"],
            "page": link["page"],
            "symbol": document["symbol"],
            "lane": link["lane"],
        }


def write_coverage(out: Path, program: Program) -> Path:
    """Write coverage.csv: all 120 targets of every document, and of every input that could not be read."""
    documents = {row["document_id"]: row for row in read_rows(out / "documents.jsonl")}
    best = _best(out, lambda link: (link["document_id"], link["target"]))
    return _write(out / "coverage.csv", COVERAGE_FIELDS, _coverage_rows(out, best, documents, program))


def _coverage_rows(
    out: Path, best: dict[tuple[str, str], Row], documents: dict[str, Row], program: Program
) -> Iterator[Row]:
    done: set[str] = set()
    for entry in read_rows(out / "ledger.jsonl"):
        identity = entry["document_id"]
        if identity in done:
            continue
        done |= {identity} if identity else set()
        document = documents.get(identity, {})
        for target in program.targets:
            link = best.get((identity, target), {})
            yield {
                "document_id": identity,
                "title": document.get("title"),
                "target": target,
                "label": title_of(program, target, document.get("language", "en")),
                "state": link.get("best_lane", "searched_none" if document else "not_searchable"),
                "links": link.get("links", 0),
                "best_probability": link.get("probability"),
                "input": entry["input"],
                "status": entry["status"],
            }


def _best(out: Path, key_of: Callable[[Row], Key]) -> dict[Key, Row]:
    """The most probable link of each key, with the number of its links and the best lane that any of them is in."""
    best: dict[Key, Row] = {}
    for link in read_rows(out / "links.jsonl"):
        key = key_of(link)
        old = best.get(key, {"probability": -1.0, "links": 0, "best_lane": "review"})
        kept = link if link["probability"] > old["probability"] else old
        lane = "suggested" if "suggested" in (link["lane"], old["best_lane"]) else "review"
        best[key] = {**kept, "links": old["links"] + 1, "best_lane": lane}
    return best


def _write(path: Path, fields: Sequence[str], rows: Iterable[Row]) -> Path:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, [fields])
        write_rows(file, ([row.get(field) for field in fields] for row in rows))
    return draft.replace(path)
