"""The committed annotations: nothing copied, goals met, splits whole, the foreign set frozen and foreign."""

from pathlib import Path

import pytest

from nlp.annotations import load_annotations
from nlp.annotations.counts import GOALS, disagree, load_goals, measure
from nlp.annotations.faults import find_faults
from nlp.annotations.rows import FROZEN
from nlp.annotations.splits import FILE, check_splits, load_splits
from nlp.program import load_program

ROOT = Path(__file__).resolve().parent.parent
TRAINING, FOREIGN = ROOT / "annotations" / "training", ROOT / "annotations" / "foreign"
READ = {folder.name: load_annotations(folder) for folder in (TRAINING, FOREIGN)}
PROGRAM = load_program()


@pytest.mark.parametrize(("folder", "other"), [(TRAINING, FOREIGN), (FOREIGN, TRAINING)])
def test_no_fault(folder: Path, other: Path):
    others = {key: row.text for key, row in READ[other.name].passages.items()}
    assert find_faults(READ[folder.name], folder, PROGRAM, others) == []


def test_the_goals_are_met():
    goals = load_goals(TRAINING / GOALS)
    assert goals
    missed = [score for score in measure(READ["training"], goals, PROGRAM.targets) if not score.met]
    assert missed == []


def test_every_document_has_its_part():
    rows = load_splits(TRAINING / FILE)
    check_splits(READ["training"], rows, TRAINING / FILE)
    assert {row.part for row in rows} == {"train", "dev", "test"}


def test_the_foreign_set_is_foreign_whole_and_frozen():
    read, known = READ["foreign"], READ["training"]
    assert (FOREIGN / FROZEN).is_file()
    documents = read.documents.values()
    assert len(documents) == 30 and {row.language for row in documents} == {"en", "es", "pt", "fr"}
    for side in ("author", "genre"):
        ours = {getattr(row, side) for row in documents}
        assert not ours & {getattr(row, side) for row in known.documents.values()}, side
    assert all(len(read.blind(key)) == 2 for key in read.passages)
    assert all(read.given(key, "adjudicated") for key in read.passages if disagree(read, key))
