"""Decide on what our reader finds in planted documents, read them otherwise, and count what became of the decisions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nlp.bench.extractors import EXTRACTORS
from nlp.pipeline import read_structured
from nlp.review.attach import Attached, attach
from nlp.review.folding import Folded
from nlp.review.records import Item
from nlp.settings import Settings
from nlp.structure.segment import Structured
from tests.attach.planting import FORMULAS, neighbours, plant
from tests.batch.layout import LAYOUTS

CONTEXT = 32
Read = Callable[[Path], str]
Find = Callable[[Sequence[Item], str | None, str, Sequence[Any]], list[Attached]]


@dataclass(frozen=True)
class Way:
    """A way to read the documents of a kind once more: what changes, and how the second text comes about."""

    name: str
    suffix: str
    again: Read
    first: Read | None = None


@dataclass(frozen=True)
class Count:
    """What became of decisions: how many are exact, moved, orphaned; how many stand on another place than they did."""

    decisions: int
    formulas: int
    exact: int
    moved: int
    orphaned: int
    wrong: int
    notes: dict[str, int]


def ours(settings: Settings) -> Read:
    """Read as the toolkit does."""
    return lambda path: read_structured(path, settings).document.text


PLAIN = Settings()
WAYS = (
    Way("contacts kept", ".pdf", ours(replace(PLAIN, keep_contacts=True))),
    Way("contacts kept", ".docx", ours(replace(PLAIN, keep_contacts=True))),
    Way("at most 3 pages", ".pdf", ours(replace(PLAIN, max_pages=3))),
    Way("at most 9,000 characters", ".html", ours(replace(PLAIN, max_characters=9_000))),
    Way("read by pypdf", ".pdf", EXTRACTORS["pypdf"].text),
    Way("read by pdfplumber", ".pdf", EXTRACTORS["pdfplumber"].text),
    Way("read by pypdfium2", ".pdf", EXTRACTORS["pypdfium2"].text),
    Way("first by pypdf, then ours", ".pdf", ours(PLAIN), EXTRACTORS["pypdf"].text),
    Way("read by python-docx", ".docx", EXTRACTORS["python-docx"].text),
    Way("read by trafilatura", ".html", EXTRACTORS["trafilatura"].text),
    Way("read as UTF-8", ".txt", EXTRACTORS["read as UTF-8"].text),
)


def documents(folder: Path, suffix: str, count: int, seed: int) -> list[tuple[Path, str]]:
    """Write planted documents of a kind; return their paths and languages."""
    made = []
    for number in range(count):
        text = plant(14_000, seed + number)
        path = folder / f"{suffix[1:]}-{number:02}{suffix}"
        path.write_bytes(LAYOUTS[suffix][1](text, False, random.Random(number)))
        made.append((path, text.language))
    return made


def decide(structured: Structured, old: str, language: str, count: int, rng: random.Random) -> list[Item]:
    """Decide on sentences and passages, as the machine quotes them, and on formulas, half and half where there are."""
    text = structured.document.text
    spans = {(s.start, s.end) for p in structured.passages for s in (*p.sentences, p.span) if s.end - s.start >= 20}
    found = {(start, end) for pair in spans if (start := old.find(quote := text[slice(*pair)])) >= 0
             for end in (start + len(quote),)}  # fmt: skip
    repeated = [pair for formula in FORMULAS[language] for pair in _all(old, formula)]
    chosen = rng.sample(repeated, min(len(repeated), count // 2))
    others = sorted(found - set(repeated))
    chosen += rng.sample(others, min(len(others), count - len(chosen)))
    return [_item(structured.document.document_id, old, *pair) for pair in sorted(chosen)]


def _all(text: str, words: str) -> list[tuple[int, int]]:
    places, start = [], text.find(words)
    while start >= 0:
        places.append((start, start + len(words)))
        start = text.find(words, start + 1)
    return places


def _item(document_id: str, text: str, start: int, end: int) -> Item:
    around = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Item(
        f"{start:08x}{end:08x}", document_id, 1, 1, "confirmed", "objective:1", None, start, end, text[start:end],
        *around, None, "review", 0.5, None, None,
    )  # fmt: skip


def right(before: Folded, after: Folded, one: Attached) -> bool:
    """Whether an attached item stands between the same marks as before, and quotes the new text."""
    item = one.item
    if after.text[item.start : item.end] != item.quote:
        return False
    was = neighbours(before, one.before.start, one.before.end)
    now = neighbours(after, item.start, item.end)
    return was[0] == now[0] or was[1] == now[1]


def trial(
    way: Way, folder: Path, decisions: int, seed: int, with_text: bool = True, finder: Find = attach
) -> tuple[Count, list[Any]]:
    """Return the counts of one way, and the attached items that stand wrong.

    Args:
        with_text: whether the old text is there, not prefix and suffix alone. finder: who finds the items again.
    """
    papers = documents(folder, way.suffix, max(1, decisions // 40), seed)
    share = -(-decisions // len(papers))
    total: Counter[str] = Counter()
    wrong: list[Any] = []
    for number, (path, language) in enumerate(papers):
        structured = read_structured(path, PLAIN)
        old = way.first(path) if way.first else structured.document.text
        new = way.again(path)
        items = decide(structured, old, language, min(share, decisions - total["decisions"]), random.Random(number))
        done = finder(items, old if with_text else None, new, ())
        before, after = Folded.of(old), Folded.of(new)
        bad = [one for one in done if one.place != "orphaned" and not right(before, after, one)]
        wrong += [(path.name, asdict(one.before), asdict(one.item)) for one in bad]
        total.update(one.place for one in done)
        total.update(f"note: {one.note}" for one in done if one.note)
        total.update(decisions=len(done), formulas=sum(one.before.quote in FORMULAS[language] for one in done))
    notes = {name.removeprefix("note: "): count for name, count in sorted(total.items()) if name.startswith("note: ")}
    numbers = (total[name] for name in ("decisions", "formulas", "exact", "moved", "orphaned"))
    return Count(*numbers, len(wrong), notes), wrong
