"""Kill `evmap map` at random moments and compare what it leaves with an undisturbed run.

python -m tests.kills FOLDER --count 200 --documents 300

Exit code 0: no difference, no orphan process, no temporary file. FOLDER/log.jsonl has a row a trial; the same command
goes on after the last one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nlp.classify.heads import relane, verify
from nlp.classify.lanes import Promise
from nlp.classify.sound import load_lanes
from tests.batch.writing import write_tiny
from tests.hashed import hash_model
from tests.kills.running import Killer, Trial

FROM = 0.04  # least probability of a link: about five a passage, as a model has that was trained in earnest


def sparing(model: Path) -> Path:
    """Give a model lanes from `FROM` on; where everything is a link, a run does little but write."""
    lanes = load_lanes(model, verify(model)["lanes"])
    relane(model, {kind: own.at(FROM) for kind, own in lanes.items()}, asdict(Promise()))
    return model


def summary(trials: Sequence[Trial]) -> str:
    """What was killed, how often runs had to be started again, and what was wrong."""
    kills = Counter(whom for trial in trials for whom, _ in trial.kills)
    faults = [f"  trial {trial.number} ({trial.kind}): {fault}" for trial in trials for fault in trial.faults]
    wrong = sum(bool(trial.faults) for trial in trials)
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(trial.kind for trial in trials).items())
    return "\n".join(
        (
            f"{len(trials)} trials ({kinds}), {kills.total()} kills ({dict(kills)}), "
            f"{sum(trial.runs - 1 for trial in trials)} reruns, {wrong} with faults",
            *faults[:50],
        )
    )


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.kills", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200, help="trials")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2, help="0: do not ask for any number")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    model = sparing(hash_model(asked.folder / "model"))
    if not (asked.folder / "documents").is_dir():
        write_tiny(asked.folder, asked.documents, asked.seed)
    log = asked.folder / "log.jsonl"
    trials = [Trial(**json.loads(line)) for line in log.read_text("utf-8").splitlines()] if log.is_file() else []
    killer = Killer(asked.folder, model, asked.workers or None, asked.seed)
    killer.undisturbed()
    print(f"undisturbed: {killer.seconds:.1f} s, {len(killer.expected)} files", flush=True)
    for number in range(len(trials) + 1, asked.count + 1):
        trials.append(killer.trial(number))
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(trials[-1])) + "\n")
        faults = "; ".join(trials[-1].faults) or "same"
        print(f"{number}: {trials[-1].kills}, {trials[-1].runs} runs, {trials[-1].seconds} s: {faults}", flush=True)
    print(summary(trials))
    return int(any(trial.faults for trial in trials))


if __name__ == "__main__":
    sys.exit(main())
