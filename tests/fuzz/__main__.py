"""Damage good files at random and map them.

python -m tests.fuzz --minutes 30
python -m tests.fuzz --minutes 10 --format pdf,docx --seed 8
python -m tests.fuzz --again 7/pdf/1234

Exit code 0: only listed statuses, no Python exception out of a reader, the parent's memory flat.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from nlp.records import STATUSES
from nlp.settings import Settings
from tests.fuzz.running import Fuzz, Tally
from tests.fuzz.seeds import SUFFIXES
from tests.hashed import hash_model

SECONDS = 10.0
MEMORY = 3.0  # GB of address space for a child: its libraries alone take more than 1, and with half of it left it stays
# What the parent may have more of in the last third of the cases than in the one before. Resident memory swings with
# the longest document at work, and what is freed between others comes back late; a leak shows in what is alive.
GROWTH = 50  # megabytes resident
GROWTH_BLOCKS = 20_000  # small objects alive
SAY_EVERY = 30.0  # seconds
_EXCEPTION = re.compile(r"\b\w+(Error|Exception|Warning)\b")


def _grown(samples: Sequence[int]) -> float:
    third = len(samples) // 3
    return median(samples[-third:]) - median(samples[third : 2 * third]) if third else 0.0


def report(tally: Tally) -> bool:
    """Print what came out; whether all is well."""
    print(f"\n{'format':<8}" + "".join(f"{status[:11]:>12}" for status in STATUSES) + f"{'all':>8}")
    for kind, counts in sorted(tally.statuses.items()):
        print(f"{kind:<8}" + "".join(f"{counts[status]:>12}" for status in STATUSES) + f"{counts.total():>8}")
    print("\nto look at:")
    for (kind, status, reason), count in tally.causes.most_common():
        print(f"{count:>6}  {kind:<6} {status:<14} {reason}")
    print("\nslowest:")
    for kind, slowest in sorted(tally.slowest.items()):
        print(f"  {kind:<6} " + ", ".join(f"{seconds:.1f} s {name}" for seconds, name in slowest))
    step = max(1, len(tally.memory) // 20)
    print(f"\nresident memory of this process, which also maps, MB: {tally.memory[::step]}")
    print(f"small objects alive in it, thousands: {[blocks // 1000 for blocks in tally.blocks[::step]]}")
    flat = _grown(tally.memory) <= GROWTH and _grown(tally.blocks) <= GROWTH_BLOCKS
    escaped = [cause for cause in tally.causes if cause[1] == "crashed" and _EXCEPTION.search(cause[2])]
    print(
        f"{tally.cases} cases; unlisted statuses: {len(tally.unlisted)}; Python exceptions out of readers: "
        f"{len(escaped)}; memory {'flat' if flat else 'GROWS'}"
    )
    return flat and not escaped and not tally.unlisted


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cases", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--format", default=",".join(SUFFIXES), help=f"of {', '.join(SUFFIXES)}; with commas")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="printed; by default another each time")
    parser.add_argument(
        "--folder", type=Path, default=Path("fuzz"), help="for cases that deserve a look, and the model"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for reading one file; more on a busy machine")
    parser.add_argument("--memory", type=float, default=MEMORY, help="GB of address space for a reader")
    parser.add_argument("--again", metavar="NAME", help="write one case again, by its name")
    asked = parser.parse_args()
    if asked.again:
        print(Fuzz(asked.folder, [asked.again.split("/")[1]], 0).case(asked.again))
        return 0
    model = hash_model(asked.folder / "model")
    settings = Settings(
        encoder="hash",
        model=str(model),
        read_seconds=asked.seconds,
        ocr_seconds=asked.seconds,
        read_memory=int(asked.memory * 1e9),
    )
    fuzz = Fuzz(asked.folder, asked.format.split(","), asked.seed)
    print(f"seed {asked.seed}", flush=True)
    said = time.monotonic()
    try:
        for tally in fuzz.run(settings, 60 * asked.minutes, asked.cases):
            if time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                print(f"{tally.cases} cases, {sum(tally.causes.values())} to look at", flush=True)
    finally:
        well = report(fuzz.tally)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
