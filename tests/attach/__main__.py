"""Print what became of decisions on planted documents that were read otherwise.

python -m tests.attach --decisions 1000 --seed 7
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from nlp.cli.speak import print_table
from nlp.review.attach import CONTACTS, GONE, SETTING
from tests.attach.trial import WAYS, trial


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m tests.attach", description=__doc__)
    parser.add_argument("--decisions", type=int, default=1000, help="for each way to read")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without-text", action="store_true", help="the old text is lost: prefix and suffix alone")
    parser.add_argument("--wrong", action="store_true", help="also print what stands wrong")
    asked = parser.parse_args()
    rows, bad = [], []
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            count, wrong = trial(way, Path(folder), asked.decisions, asked.seed, not asked.without_text)
        reads = sum(number for note, number in count.notes.items() if note in (CONTACTS, SETTING))
        gone = count.notes.get(GONE, 0)
        rows.append((f"{way.suffix[1:]}: {way.name}", count.decisions, count.formulas, count.exact, count.moved, reads,
                     count.orphaned, gone, count.orphaned - gone, count.wrong))  # fmt: skip
        bad += wrong
    headings = (
        "read again", "all", "formulas", "exact", "moved", "reworded", "orphaned", "gone", "not told apart", "wrong"
    )  # fmt: skip
    print_table(headings, rows)
    for one in bad if asked.wrong else ():
        print(one)


if __name__ == "__main__":
    main()
