"""The two tables: mapping.csv (what has evidence) and coverage.csv (every report x target, searched or not)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nlp.cells import write_rows
from nlp.display import title_of
from nlp.errors import UsageError
from nlp.program import Program
from nlp.writers.walk import Found, Row, Rows, is_confirmed

Key = TypeVar("Key", bound=str | tuple[str, ...])
MAPPING_FIELDS = (
    "document_id", "title", "implementer", "target", "label", "links", "best_probability", "treatment",
    "best_quote", "page", "symbol", "lane",
)  # fmt: skip
LANES = ("review", "suggested", "confirmed")
COVERAGE_FIELDS = ("document_id", "title", "target", "label", "state", "links", "best_probability", "input", "status")


@contextmanager
def mapping_table(rows: Rows, draft: Path, program: Program) -> Iterator[Callable[[Found], None]]:
    """mapping.csv: a row for each report, implementer and target that has evidence, with its best quote."""
    with _table(draft, MAPPING_FIELDS) as write:
        yield lambda found: write(mapping_rows(found, program))


def mapping_rows(found: Found, program: Program) -> Iterator[Row]:
    """Rows of mapping.csv for one document; nothing for one that could not be read.

    Links of a desk say themselves whom they speak of; ``lane`` is "confirmed" where an officer decided.

    Raises:
        UsageError: if a link's passage is not among the document's.
    """
    document, places = found.document, {target: number for number, target in enumerate(program.targets)}
    if document is None:
        return
    named = _named(found.passages)
    best = _best(found.links, lambda link: (_who(link, named), link["target"]))
    for implementer, target in sorted(best, key=lambda key: (key[0], places[key[1]])):
        kept = best[implementer, target]
        link = kept.link
        yield {
            "document_id": document["document_id"],
            "title": document["title"],
            "implementer": implementer,
            "target": target,
            "label": title_of(program, target, document["language"]),
            "links": kept.links,
            "best_probability": link["probability"],
            "treatment": link["treatment"],
            "best_quote": link["quote"],
            "page": link["page"],
            "symbol": document["symbol"],
            "lane": _standing(link),
        }


@contextmanager
def coverage_table(rows: Rows, draft: Path, program: Program) -> Iterator[Callable[[Found], None]]:
    """coverage.csv: all targets of every document, and of every input that could not be read."""
    with _table(draft, COVERAGE_FIELDS) as write:
        yield lambda found: write(coverage_rows(found, program))


def coverage_rows(found: Found, program: Program) -> Iterator[Row]:
    """Rows of coverage.csv for one document, or for an input that could not be read.

    Beside the columns of the file: ``links_in_state``, how many of the links are in the state of the row.
    """
    document, best = found.document or {}, _best(found.links, lambda link: link["target"])
    for target in program.targets:
        kept = best.get(target)
        yield {
            "document_id": found.entry["document_id"],
            "title": document.get("title"),
            "target": target,
            "label": title_of(program, target, document.get("language", "en")),
            "state": kept.lane if kept else "searched_none" if document else "not_searchable",
            "links": kept.links if kept else 0,
            "links_in_state": kept.in_lane if kept else 0,
            "best_probability": kept.link["probability"] if kept else None,
            "input": found.entry["input"],
            "status": found.entry["status"],
        }


@dataclass(slots=True)
class _Best:
    """The best link of some, how many these are, and how many of them are in the best lane that any is in.

    What an officer confirmed is better than what is only probable.
    """

    link: Row
    lane: str
    rank: tuple[bool, float]
    links: int = 1
    in_lane: int = 1

    def take(self, link: Row, lane: str, rank: tuple[bool, float]) -> None:
        """Take another link in."""
        self.links += 1
        if rank > self.rank:
            self.link, self.rank = link, rank
        if lane == self.lane:
            self.in_lane += 1
        elif LANES.index(lane) > LANES.index(self.lane):
            self.lane, self.in_lane = lane, 1


def _best(links: Iterable[Row], key_of: Callable[[Row], Key]) -> dict[Key, _Best]:
    best: dict[Key, _Best] = {}
    for link in links:
        key, lane, rank = key_of(link), _standing(link), (is_confirmed(link), link["probability"])
        if kept := best.get(key):
            kept.take(link, lane, rank)
        else:
            best[key] = _Best(link, lane, rank)
    return best


def _named(passages: Iterable[Row]) -> dict[str, str]:
    """Who each passage speaks of, as the table names them; each name once in memory."""
    names: dict[str, str] = {}
    pairs = ((row["passage_id"], row["implementer"] or row["implementer_text"] or "") for row in passages)
    return {passage: names.setdefault(name, name) for passage, name in pairs}


def _standing(link: Row) -> str:
    """The lane of a link; "confirmed" for one of a desk that an officer confirmed or corrected."""
    return "confirmed" if is_confirmed(link) else link["lane"]


def _who(link: Row, named: Mapping[str, str]) -> str:
    if "state" in link:
        return link["implementer"] or link["implementer_text"] or ""
    passage = link["passage_id"]
    if passage not in named:
        reason = f"passage {passage} does not stand where its links do"
        raise UsageError("passages.jsonl", reason, "Run evmap map again")
    return named[passage]


@contextmanager
def _table(draft: Path, fields: Sequence[str]) -> Iterator[Callable[[Iterable[Row]], None]]:
    with draft.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, [fields])
        yield lambda rows: write_rows(file, ([row[name] for name in fields] for row in rows))
