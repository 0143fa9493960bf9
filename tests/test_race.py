"""The race: every contender is asked the same, its scores are kept, and the parts add up."""

from pathlib import Path

import numpy as np
import pytest

from nlp import contenders
from nlp.annotations import load_annotations
from nlp.classify.calibrate import cross_fitted, reliability
from nlp.classify.combine import combine
from nlp.classify.features import Surroundings
from nlp.classify.lanes import columns
from nlp.contenders import Course, ask_learner, ask_peer
from nlp.errors import UsageError
from nlp.learners import Recipe
from nlp.peers import PEERS, Questions, Teaching, tfidf
from nlp.program import load_program
from nlp.race import CROSS, race
from nlp.scores import LabelScore
from nlp.sheets import sheet_of
from nlp.structure.entities import masked
from nlp.writers.scorecard import write_scorecard

PROGRAM = load_program()
PEER = "keyword rules"


@pytest.fixture
def course(annotations: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("EVMAP_CACHE", str(tmp_path / "cache"))
    read = load_annotations(annotations)
    outside = {"outside": sheet_of(read, annotations, list(read.passages)[:30])}
    return Course(read, PROGRAM, outside, Recipe("hash", folds=2), lambda _: None)


def test_a_race_scores_every_contender_on_every_sheet(
    course: Course, annotations: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(contenders.CONTENDERS, "frozen hash", lambda own: ask_learner(own, own.recipe))
    model, peer = race(course, annotations, ["frozen hash", PEER])
    assert (model.name, peer.name) == ("frozen hash", PEER)
    for standing in (model, peer):
        assert set(standing.results) == {CROSS, "outside"}
        assert 0 <= standing.calibration_error <= 0.2
        assert set(standing.lanes) == {"objective", "activity"}
    assert model.results["outside"].role_accuracy is not None
    assert peer.results["outside"].role_accuracy is None
    # the model has learnt the outside passages by heart, which cross-validation must not show
    assert (
        model.results["outside"].scores["objectives"]["f1_micro"]
        > model.results[CROSS].scores["objectives"]["f1_micro"]
    )


def test_unknown_contenders_are_named(course: Course, annotations: Path):
    with pytest.raises(UsageError, match="tortoise"):
        race(course, annotations, ["tortoise"])


def test_scores_of_a_peer_are_kept(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from nlp.encode.cache import kept
    from nlp.train import load_class

    with kept("hash") as encoder:
        own = load_class(course.read, PROGRAM, encoder, course.recipe)
    first = ask_peer(course, PEER, own.learnt)

    def tired(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setitem(PEERS, PEER, tired)
    again = ask_peer(course, PEER, own.learnt)
    assert again.cross["targets"].tobytes() == first.cross["targets"].tobytes()


def test_words_tell_labels_apart():
    targets = np.zeros((40, 120))
    targets[::2, 0] = targets[1::2, 1] = 1
    texts = [f"{'lamp oil' if i % 2 == 0 else 'door paint'} number {i}" for i in range(40)]
    near = Surroundings("IOM", "iom", ("Work",))
    known = Questions(texts, [near] * 40)
    asked = Questions(["some lamp oil", "more door paint"], [near] * 2)
    scores = tfidf(PROGRAM, Teaching(known, targets, np.ones(40)), asked)
    assert scores[:, :2].argmax(axis=1).tolist() == [0, 1]
    assert (scores[:, 2:] < -7).all()  # labels that nobody gave are never claimed


def test_two_opinions_are_better_than_each():
    rng = np.random.default_rng(0)
    truth = (rng.random((900, 120)) < 0.08).astype(float)
    opinions = [truth * 2 + rng.normal(0, 1.2, truth.shape) for _ in range(2)]
    fold = np.arange(900) % 3
    joint, (outside,) = combine(
        opinions, [[opinion[:10]] for opinion in opinions], truth, fold, columns(load_program())
    )
    assert outside.shape == (10, 120)

    def loss(scores: np.ndarray) -> float:
        p = np.clip(cross_fitted(scores, truth, fold), 1e-6, 1 - 1e-6)
        return float(-(truth * np.log(p) + (1 - truth) * np.log(1 - p)).mean())

    assert loss(joint) < min(map(loss, opinions))


def test_reliability_of_honest_probabilities():
    rng = np.random.default_rng(1)
    probabilities = rng.random((4000, 3))
    for mean, share, count in reliability(probabilities, (rng.random((4000, 3)) < probabilities).astype(float)):
        assert abs(mean - share) < 0.05
        assert count > 900


def test_masked_texts_keep_neither_country_nor_figure():
    text = "En 2008, Costa Rica y México atendieron a 1.204 personas; au Brésil, 30 %."
    assert masked(text) == "En 0, X y X atendieron a 0.0 personas; au X, 0 %."


def test_the_scorecard_shows_every_label_and_escapes_names(tmp_path: Path):
    rows = [("<b>gold", "model", LabelScore("objective:1", 4, 5, 0.8, 1.0, 0.889))]
    scores, labels, plots = write_scorecard(tmp_path, {"a": 1}, rows, {"model": [(0.1, 0.12, 30), (0.8, 0.7, 5)]})
    assert scores.read_text("utf-8").startswith("{")
    assert labels.read_text("utf-8").splitlines()[1] == "<b>gold,model,objective:1,4,5,0.8,1.0,0.889"
    page = plots.read_text("utf-8")
    assert "objective:1 (4)" in page and "<b>gold" not in page and "http" not in page
