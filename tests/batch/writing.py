"""The plan of a corpus by its seed, and the writing of its files by several processes."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from tests.batch.broken import FAULTS
from tests.batch.layout import LAYOUTS
from tests.batch.lengths import CHARACTERS_A_PAGE, MOST_PAGES, PAGES
from tests.batch.source import compose

FOLDER = 1000  # files
TWINS, BROKEN, TABLES = 0.05, 0.01, 1 / 3
LINES_A_PAGE = 42


@dataclass(frozen=True)
class Item:
    """A file of the corpus and its planted truth.

    Attributes:
        file: path in the corpus. expected: statuses that the ledger may give it.
        twin_of: the file that has the same bytes, None if it is the first. fault: name in FAULTS, None if sound.
        pages: about how many, drawn. tables: whether it has ruled tables.
    """

    number: int
    file: str
    expected: tuple[str, ...]
    twin_of: str | None = None
    fault: str | None = None
    pages: float = 0.0
    tables: bool = False


def plan(documents: int, seed: int) -> list[Item]:
    """Decide what each file is; the same seed, the same plan."""
    rng = random.Random(f"plan {seed}")
    faults = [name for name, _ in zip(_round(FAULTS), range(round(documents * BROKEN)), strict=False)]
    twins = round(documents * TWINS)
    kinds: list[str | None] = [*faults, *["twin"] * twins]
    kinds += [None] * (documents - len(kinds))
    rng.shuffle(kinds)
    kinds.sort(key=lambda kind: kind == "twin")  # who is copied must be there first; names are shuffled below
    names = list(range(documents))
    rng.shuffle(names)
    items: list[Item] = []
    for number, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        items.append(_item(number, name, kind, items, rng))
    return items


def _round(table: dict[str, object]) -> Iterator[str]:
    while True:
        yield from table


def _item(number: int, name: int, kind: str | None, before: Sequence[Item], rng: random.Random) -> Item:
    stem = f"{name // FOLDER:03}/report-{name:06}"
    if kind == "twin":
        first = rng.choice([item for item in before if not item.twin_of and not item.fault])
        return Item(number, f"{stem}-copy{Path(first.file).suffix}", ("ok",), twin_of=first.file)
    pages = PAGES.draw(rng, MOST_PAGES)
    if kind:
        return Item(number, stem + FAULTS[kind].suffix, FAULTS[kind].statuses, fault=kind, pages=min(pages, 20))
    suffix = rng.choices(list(LAYOUTS), [share for share, _ in LAYOUTS.values()])[0]
    return Item(number, stem + suffix, ("ok",), pages=pages, tables=rng.random() < TABLES)


def make(item: Item, seed: int) -> bytes:
    """Return the bytes of a file that is no twin."""
    rng = random.Random(f"{seed}/{item.number}")
    text = compose(item.pages * CHARACTERS_A_PAGE, rng)
    if item.fault:
        return FAULTS[item.fault].make(text, rng)
    return LAYOUTS[Path(item.file).suffix][1](text, item.tables, rng)


def write_corpus(folder: Path, documents: int, seed: int) -> Iterator[int]:
    """Write the corpus and its manifest into `folder`; yields the number of files written so far."""
    items = plan(documents, seed)
    root = folder / "documents"
    for place in {Path(item.file).parent for item in items}:
        (root / place).mkdir(parents=True, exist_ok=True)
    own = sorted((item for item in items if not item.twin_of), key=lambda item: -item.pages)
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for count, _ in enumerate(pool.imap_unordered(partial(_write, root, seed), own, chunksize=4), 1):
            yield count
    for item in items:
        if item.twin_of:
            (root / item.file).write_bytes((root / item.twin_of).read_bytes())
    rows = sorted(items, key=lambda item: item.file)
    lines = (json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in rows)
    (folder / "manifest.jsonl").write_text("".join(lines), "utf-8")
    yield len(items)


def _write(root: Path, seed: int, item: Item) -> None:
    (root / item.file).write_bytes(make(item, seed))


def write_tiny(folder: Path, documents: int, seed: int) -> None:
    """Write so many text files of one to three passages into `folder/documents`."""
    for name in range(documents):
        path = folder / "documents" / f"{name // FOLDER:03}" / f"note-{name:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tiny(name, seed))


def tiny(number: int, seed: int) -> bytes:
    """The bytes of a text file of one to three passages, different for each number."""
    rng = random.Random(f"tiny {seed}/{number}")
    pieces = [piece.text for piece in compose(1500, rng).pieces if piece.kind == "paragraph"]
    return ("\n\n".join([*pieces[-rng.randint(1, 3) :], f"No. {number}"]) + "\n").encode()


def write_long(path: Path, pages: int, seed: int) -> None:
    """Write one PDF of so many pages of running text, no two alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    rng = random.Random(f"long {seed}")
    pieces = compose(pages * CHARACTERS_A_PAGE * 2, rng).pieces
    lines = (line for piece in pieces for line in [*simpleSplit(_latin(piece.text), "Times-Roman", 11, 450), ""])
    for number in range(1, pages + 1):
        canvas.setFont("Times-Roman", 11)
        for row, line in enumerate(islice(lines, LINES_A_PAGE)):
            canvas.drawString(72, 770 - 16 * row, line)
        canvas.drawCentredString(300, 40, str(number))
        canvas.showPage()
    canvas.save()
    path.write_bytes(target.getvalue())


def _latin(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")


def summary(items: Sequence[Item]) -> dict[str, int]:
    """Files by kind: suffix, twins, faults, with tables."""
    counts = Counter(Path(item.file).suffix for item in items)
    counts["twins"] = sum(item.twin_of is not None for item in items)
    counts["with tables"] = sum(item.tables for item in items)
    counts.update(f"broken: {item.fault}" for item in items if item.fault)
    return dict(counts)
