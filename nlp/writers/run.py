"""The output folder of a run: rows are written as outcomes come, to drafts, and renamed when all is there."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from nlp.errors import UsageError
from nlp.mapping import Mapping
from nlp.pipeline import Outcome
from nlp.program import Program
from nlp.records import Link
from nlp.writers.rows import Row, document_row, link_row, passage_row

STREAMED = ("ledger.jsonl", "passages.jsonl", "links.jsonl")
MAPPING_FIELDS = (
    "document_id", "title", "implementer", "target", "label", "links", "best_probability", "treatment",
    "best_quote", "page", "symbol", "lane",
)  # fmt: skip
COVERAGE_FIELDS = ("document_id", "title", "target", "label", "state", "links", "best_probability", "input", "status")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RunWriter:
    """Writes one run into `out`.

    Args:
        out: output folder, made if missing. program: names the targets. model: digest of the model.

    Raises:
        UsageError: if the folder cannot be written.
    """

    def __init__(self, out: Path, program: Program, model: str) -> None:
        self.out, self.program, self.model = out, program, model
        try:
            (out / "text").mkdir(parents=True, exist_ok=True)
            self._files: dict[str, TextIO] = {name: self._draft(name).open("w", encoding="utf-8") for name in STREAMED}
        except OSError as error:
            raise UsageError(out, f"cannot write there: {error.strerror}", "Name another folder with -o") from None
        self._documents: dict[str, Row] = {}
        self._mapping_rows: list[Row] = []
        self._best: dict[str, dict[str, tuple[int, Link]]] = {}
        self._unread: list[Outcome] = []
        self._status: dict[str, str] = {}

    def add(self, outcome: Outcome) -> Row:
        """Write one outcome; return its ledger row."""
        if outcome.mapping is not None:
            self._add_mapping(outcome.mapping, outcome)
        elif outcome.document_id is not None:
            self._documents[outcome.document_id]["inputs"].append(outcome.path)
        else:
            self._unread.append(outcome)
        row = self._ledger_row(outcome)
        self._write("ledger.jsonl", row)
        return row

    def finish(self, manifest: Row) -> None:
        """Write what needs the whole run (documents, tables, manifest) and give every file its name."""
        for file in self._files.values():
            file.close()
        self._write_all("documents.jsonl", self._documents.values())
        self._write_table("mapping.csv", MAPPING_FIELDS, self._mapping_rows)
        self._write_table("coverage.csv", COVERAGE_FIELDS, self._coverage())
        self._draft("run.json").write_text(_pretty(manifest), "utf-8")
        for name in (*STREAMED, "documents.jsonl", "mapping.csv", "coverage.csv", "run.json"):
            self._draft(name).replace(self.out / name)

    def _add_mapping(self, mapping: Mapping, outcome: Outcome) -> None:
        document = mapping.structured.document
        row = document_row(mapping, [outcome.path])
        _check_quotes(mapping)
        draft = self._draft(row["text_file"])
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(document.text)
        draft.replace(self.out / row["text_file"])
        for passage, reading in zip(mapping.passages, mapping.readings, strict=True):
            self._write("passages.jsonl", passage_row(passage, reading))
        for link in mapping.links:
            self._write("links.jsonl", link_row(link, self.model, self.program.digest))
        self._documents[document.document_id] = row
        self._status[document.document_id] = outcome.status
        self._summarise(mapping, row)

    def _summarise(self, mapping: Mapping, row: Row) -> None:
        named = {p.passage_id: p.implementer or p.implementer_text or "" for p in mapping.passages}
        groups: dict[tuple[str, str], list[Link]] = {}
        for link in mapping.links:
            groups.setdefault((named[link.passage_id], link.target), []).append(link)
        for (implementer, target), links in sorted(groups.items(), key=lambda g: (g[0][0], self._order(g[0][1]))):
            best = max(links, key=lambda link: link.probability)
            self._mapping_rows.append(self._mapping_row(row, implementer, target, links, best))
        best_of: dict[str, tuple[int, Link]] = {}
        for link in mapping.links:
            count, best = best_of.get(link.target, (0, link))
            best_of[link.target] = (count + 1, max(best, link, key=lambda item: item.probability))
        self._best[row["document_id"]] = best_of

    def _mapping_row(self, row: Row, implementer: str, target: str, links: Sequence[Link], best: Link) -> Row:
        return {
            "document_id": row["document_id"],
            "title": row["title"],
            "implementer": implementer,
            "target": target,
            "label": self._label(target, row["language"]),
            "links": len(links),
            "best_probability": best.probability,
            "treatment": best.treatment,
            "best_quote": best.quote,
            "page": best.page,
            "symbol": row["symbol"],
            "lane": best.lane,
        }

    def _coverage(self) -> Iterable[Row]:
        for identity, row in self._documents.items():
            best_of = self._best[identity]
            for target in self.program.targets:
                count, best = best_of.get(target, (0, None))
                state = best.lane if best else "searched_none"
                yield self._coverage_row(row, target, state, count, best, row["inputs"][0], self._status[identity])
        for outcome in self._unread:
            for target in self.program.targets:
                yield self._coverage_row({}, target, "not_searchable", 0, None, outcome.path, outcome.status)

    def _coverage_row(
        self, row: Row, target: str, state: str, count: int, best: Link | None, path: str, status: str
    ) -> Row:
        return {
            "document_id": row.get("document_id"),
            "title": row.get("title"),
            "target": target,
            "label": self._label(target, row.get("language", "en")),
            "state": state,
            "links": count,
            "best_probability": best.probability if best else None,
            "input": printable(path),
            "status": status,
        }

    def _ledger_row(self, outcome: Outcome) -> Row:
        row = self._documents.get(outcome.document_id or "", {})
        return {
            "input": printable(outcome.path),
            "document_id": outcome.document_id,
            "status": outcome.status,
            "reason": outcome.reason,
            "media_type": row.get("media_type"),
            "pages": row.get("pages"),
            "characters": row.get("characters", 0),
            "passages": row.get("passages", 0),
            "links": row.get("links", 0),
            "seconds": round(sum(outcome.seconds.values()), 3),
            "same_as": printable(outcome.same_as) if outcome.same_as else None,
        }

    def _label(self, target: str, language: str) -> str:
        title = self.program.labels[target].title
        return title.get(language) or title["en"]  # type: ignore[call-overload]

    def _order(self, target: str) -> int:
        return self.program.targets.index(target)

    def _draft(self, name: str) -> Path:
        path = self.out / name
        return path.with_name(f".{path.name}.draft")

    def _write(self, name: str, row: Row) -> None:
        self._files[name].write(_line(row))

    def _write_all(self, name: str, rows: Iterable[Row]) -> None:
        with self._draft(name).open("w", encoding="utf-8") as file:
            file.writelines(_line({**row, "inputs": [printable(path) for path in row["inputs"]]}) for row in rows)

    def _write_table(self, name: str, fields: Sequence[str], rows: Iterable[Row]) -> None:
        with self._draft(name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields, lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _inert(value) for key, value in row.items()} for row in rows)


def printable(path: str) -> str:
    """Return a path that every program can read as UTF-8: bytes that are no UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _pretty(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _inert(value: Any) -> Any:
    """A cell that a spreadsheet would take for a formula gets a quote before it (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _check_quotes(mapping: Mapping) -> None:
    """Every quote is a slice of the canonical text, or nothing is written."""
    for link in mapping.links:
        if mapping.text[link.span.start : link.span.end] != link.quote:
            raise ValueError(f"link {link.link_id} quotes what does not stand at {link.span}")
