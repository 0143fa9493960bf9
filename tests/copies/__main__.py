"""Write copies of many documents, open them with other programs, and compare what stands at the findings' places.

python -m tests.copies FOLDER [--each 12] [--seed 7] [--documents DIR ...]

FOLDER gets the documents' copies (and those that LibreOffice saved anew). Documents are drawn from our samples and
traps, or from the folders named. Right: the words at the place are the quote's, white space and line-end hyphens apart;
partly: they share half of their letters or more; dropped: in the copy they are, but LibreOffice does not show the
comment; near: said in the copy to stand elsewhere; lost: only in its list.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from nlp.copies import Copied, Wanted, copied, kind_for
from nlp.errors import UnreadableDocument
from nlp.program import load_program
from nlp.readers import read_bytes
from nlp.records import Document
from nlp.settings import Settings
from tests.copies.planting import number_of, plant
from tests.copies.reopened import bare, docx_ranges, docx_shaded, html_marked, pdf_marked, pdf_recognised, save_anew
from tests.traps.base import write
from tests.traps.catalogue import TRAPS

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
KINDS = (".docx", ".pdf", ".html", ".rtf", ".txt")
FOUND = {"pdf": pdf_marked, "html": html_marked, "docx": docx_ranges}
COLUMNS = ("right", "partly", "wrong", "dropped", "near", "lost")


@dataclass
class Case:
    """A document with its copy and where that was written."""

    path: Path
    document: Document
    copy: Copied
    kind: str
    written: Path


def drawn(folders: Sequence[Path], seed: int) -> Iterator[Path]:
    """The documents kind by kind, those of the first folder first."""
    draw = random.Random(seed)
    by_kind: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        found = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
        draw.shuffle(found)
        for path in found:
            by_kind[path.suffix].append(path)
    for kind in KINDS:
        yield from by_kind[kind]


def cases(paths: Sequence[Path], out: Path, each: int, seed: int) -> Iterator[Case]:
    """Write the copies; documents that cannot be read are no cases."""
    settings, program, done = Settings.load(), load_program(), Counter[str]()
    for path in paths:
        if done[path.suffix] >= each:
            continue
        data = path.read_bytes()
        try:
            document = read_bytes(data, path.name, settings)
        except UnreadableDocument:
            continue
        kind, findings = kind_for(data), plant(document, seed)
        try:
            copy = copied(kind, Wanted(data, path.name, document.text, findings), program, settings)
        except UnreadableDocument as error:  # LibreOffice could not convert it
            print(f"no copy: {path.name}: {error.reason}")
            continue
        done[path.suffix] += 1
        written = out / f"{path.stem}{copy.suffix}"
        written.write_bytes(copy.data)
        yield Case(path, document, copy, kind, written)


def judged(case: Case, again: Path) -> Iterator[tuple[str, str, str]]:
    """Verdict, quote and what stands there, for each finding."""
    data = (again / case.written.name).read_bytes() if case.kind == "docx" else case.written.read_bytes()
    there = marked = FOUND[case.kind](data)
    if case.kind == "pdf" and ("(cid:" in "".join(there.values()) or not all(map(str.strip, there.values()))):
        there = pdf_recognised(data)  # pages without a text layer, or with one that has no letters
    written = docx_ranges(case.copy.data) if case.kind == "docx" else {}
    shaded = bare(docx_shaded(case.copy.data)) if case.kind == "docx" else ""
    for placed in case.copy.placed:
        quote = case.document.text[placed.finding.start : placed.finding.end]
        number = number_of(placed.finding.title)
        if placed.how == "lost":
            yield "lost", quote, ""
        elif placed.how == "near" and (placed.reason == "part" or bare(quote) in shaded):
            yield "near", quote, ""
        elif case.kind == "docx" and number not in there and bare(written.get(number or 0, "")) == bare(quote):
            yield "dropped", quote, ""
        else:
            assert number is not None
            recognised = case.path.suffix == ".pdf" and there is not marked
            yield _verdict(quote, there.get(number, ""), recognised), quote, there.get(number, "")


def _verdict(quote: str, found: str, recognised: bool) -> str:
    """A picture of a few letters is hardly read twice alike: nine letters of ten are enough there."""
    if bare(quote) == bare(found):
        return "right"
    share = SequenceMatcher(None, bare(quote), bare(found), autojunk=False).ratio()
    if recognised and share >= 0.9:
        return "right"
    return "partly" if share >= 0.5 else "wrong"


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m tests.copies", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=12, help="documents of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--documents", type=Path, nargs="*", help="folders to draw from; by default samples and traps")
    asked = parser.parse_args()
    out, again, traps = (asked.folder / name for name in ("copies", "saved-anew", "traps"))
    for folder in (out, again):
        folder.mkdir(parents=True, exist_ok=True)
    folders = asked.documents
    if not folders:
        write(TRAPS, traps)
        folders = [SAMPLES, traps]
    made = [*cases([*drawn(folders, asked.seed)], out, asked.each, asked.seed)]
    if words := [case.written for case in made if case.kind == "docx"]:
        save_anew(words, again)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in made:
        counts[case.path.suffix]["documents"] += 1
        for verdict, quote, there in judged(case, again):
            counts[case.path.suffix][verdict] += 1
            if verdict in ("partly", "wrong", "dropped", "lost"):
                print(f"{verdict}: {case.path.name}: {quote[:90]!r} / {there[:90]!r}")
    print(f"{'kind':6} {'documents':>9} " + " ".join(f"{name:>7}" for name in COLUMNS))
    for kind, row in counts.items():
        print(f"{kind:6} {row['documents']:9} " + " ".join(f"{row[name]:7}" for name in COLUMNS))


if __name__ == "__main__":
    main()
