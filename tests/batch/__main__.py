"""Write a corpus of any size, or measure how long real documents are.

python -m tests.batch FOLDER --documents 2000 --seed 7
python -m tests.batch FOLDER --tiny 10000
python -m tests.batch FOLDER --long 2000
python -m tests.batch FOLDER --measure
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from nlp.inputs import find_inputs
from nlp.pipeline import read_structured
from nlp.settings import Settings
from tests.batch.lengths import CHARACTERS_A_PAGE, PAGES, describe
from tests.batch.source import wholes
from tests.batch.writing import plan, summary, write_corpus, write_long, write_tiny


def measure(folder: Path) -> None:
    """Print the lengths of the documents in `folder` and of our training documents."""
    read = [read_structured(path, Settings.load()) for path in find_inputs([str(folder)]) if path.name != "README.md"]
    own = [whole for several in wholes().values() for whole in several]
    counted: dict[str, list[float]] = {
        "documents there: characters": [len(one.document.text) for one in read],
        "documents there: passages": [len(one.passages) for one in read],
        "our training documents: characters": [sum(len(p.text) for p in whole.passages) for whole in own],
        "our training documents: passages": [len(whole.passages) for whole in own],
    }
    for name, values in counted.items():
        print(f"{name}: {describe(values)}")
        if "characters" in name:
            print(f"  as pages of {CHARACTERS_A_PAGE} characters: {describe([v / CHARACTERS_A_PAGE for v in values])}")
    if pages := [float(one.document.extract.pages) for one in read if one.document.extract.pages]:
        print(f"documents there: pages: {describe(pages)}")
    print(f"drawn from: median {PAGES.median} pages, sigma {PAGES.sigma}")


def corpus(folder: Path, documents: int, seed: int) -> None:
    """Write the corpus and print what it holds."""
    for count in write_corpus(folder, documents, seed):
        if sys.stderr.isatty():
            print(f"\r{count} of {documents}", end="", file=sys.stderr)
    items = plan(documents, seed)
    print(f"{folder}: {summary(items)}; pages drawn: {describe([item.pages for item in items if item.pages])}")


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m tests.batch", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tiny", type=int, metavar="N", help="N text files of one to three passages instead")
    parser.add_argument("--long", type=int, metavar="PAGES", help="one PDF of so many pages instead")
    parser.add_argument("--measure", action="store_true", help="write nothing; print how long the documents there are")
    asked = parser.parse_args()
    ways: list[tuple[object, Callable[[], None]]] = [
        (asked.measure, lambda: measure(asked.folder)),
        (asked.tiny, lambda: write_tiny(asked.folder, asked.tiny, asked.seed)),
        (asked.long, lambda: write_long(asked.folder / "documents" / "long.pdf", asked.long, asked.seed)),
        (True, lambda: corpus(asked.folder, asked.documents, asked.seed)),
    ]
    next(way for wanted, way in ways if wanted)()


if __name__ == "__main__":
    main()
