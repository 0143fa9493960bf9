"""Probabilities from several views of a passage: words, rivals, relatives, who acts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from nlp import contenders
from nlp.annotations import load_annotations
from nlp.classify.calibrate import expected_calibration_error, sigmoid
from nlp.classify.features import Surroundings
from nlp.classify.heads import JOINT, MANIFEST, load
from nlp.classify.joint import Joint, Views, cross_joint, fit_joint, own_group
from nlp.classify.lanes import parents
from nlp.classify.wording import SIZES, WordHeads, _counted, fit_words
from nlp.contenders import JOINTS, Course, ask_learner, jointly
from nlp.encode.cache import kept
from nlp.errors import ModelError
from nlp.learners import Recipe
from nlp.material import fold_of
from nlp.pipeline import Mapper, map_many
from nlp.program import load_program
from nlp.settings import Settings
from nlp.sheets import sheet_of
from nlp.train import load_class, train

PROGRAM = load_program()
OBJECTIVES = len(PROGRAM.objectives)
NEAR = Surroundings("IOM", "iom", ("Work",), "They say:")


@pytest.fixture(scope="module")
def words() -> WordHeads:
    targets = np.zeros((40, 120))
    targets[::2, 0] = targets[1::2, 1] = 1
    texts = [f"{'lamp oil' if i % 2 == 0 else 'door paint'} number {i}" for i in range(40)]
    return fit_words(texts, ["IOM"] * 40, targets, np.ones(40))


@pytest.fixture(scope="module")
def seen() -> tuple[Views, np.ndarray]:
    """Views of 1,500 passages whose heads give the truth with noise, and that truth."""
    rng = np.random.default_rng(0)
    truth = (rng.random((1500, 120)) < 0.04).astype(float)
    scores = truth * 4 - 4 + rng.normal(0, 1.5, truth.shape)
    return Views(scores, rng.normal(0, 1, (1500, 3)), np.zeros(truth.shape)), truth


@pytest.fixture(scope="module")
def joint_model(annotations: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("joint") / "hash"
    recipe = Recipe("hash", folds=2, calibration="words", strength=1e-4)
    train(annotations, PROGRAM, folder, recipe, lambda _: None, folder.parent / "v.sqlite")
    return folder


@pytest.fixture
def mapper(joint_model: Path) -> Iterator[Mapper]:
    own = Mapper(Settings(encoder="hash", model=str(joint_model)))
    yield own
    own.close()


def test_words_tell_labels_apart(words: WordHeads):
    scores = words.scores(["Some LÁMP oil", "more door paint"], ["IOM", "IOM"])
    assert scores[:, :2].argmax(axis=1).tolist() == [0, 1]
    assert (scores[:, 2:] < -7).all()  # labels that nobody gave are never claimed
    assert words.scores([], []).shape == (0, 120)


def test_words_score_a_text_the_same_whatever_stands_beside_it(words: WordHeads):
    texts = ["lamp oil", "", "door paint and more lamp oil", "?"]
    together = words.scores(texts, ["IOM", "", "ILO", "-"])
    alone = [words.scores([text], [near])[0] for text, near in zip(texts, ["IOM", "", "ILO", "-"], strict=True)]
    assert together.tobytes() == np.stack(alone).tobytes()


def _vectorized(texts: list[str], surroundings: list[str]) -> sparse.csr_matrix:
    """What scikit-learn counts when it is left to itself."""
    plain = {"alternate_sign": False, "norm": None, "strip_accents": "unicode", "dtype": np.float32}
    counters = (
        HashingVectorizer(n_features=SIZES["words"], ngram_range=(1, 2), **plain),
        HashingVectorizer(n_features=SIZES["letters"], analyzer="char_wb", ngram_range=(4, 4), **plain),
        HashingVectorizer(n_features=SIZES["surroundings"], **plain),
    )
    parts = zip(counters, (texts, texts, surroundings), strict=True)
    return sparse.hstack([counter.transform(own) for counter, own in parts], format="csr")


SPOKEN = st.text() | st.lists(
    st.sampled_from(["Niñez", "a", "in", "ÁÉ", "I\u0307", "\u0130", "the", "ﬁn", "x\u0301y", "\u00a0", "\x1c", "\n"])
).map(" ".join)


@settings(max_examples=150)
@given(st.lists(st.tuples(SPOKEN, SPOKEN), min_size=1, max_size=4))
def test_words_are_counted_as_scikit_learn_counts_them(pairs: list[tuple[str, str]]):
    texts, surroundings = map(list, zip(*pairs, strict=True))
    ours, theirs = _counted(texts, surroundings), _vectorized(texts, surroundings)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    for part in ("indptr", "indices", "data"):
        assert getattr(ours, part).tolist() == getattr(theirs, part).tolist()


def test_words_survive_saving_in_eight_bits(words: WordHeads):
    again = WordHeads.of(words.arrays())
    assert words.arrays()["steps"].dtype == np.int8
    assert again.scores(["lamp oil"], ["IOM"]).tobytes() == words.scores(["lamp oil"], ["IOM"]).tobytes()


def test_a_regression_is_calibrated_as_it_stands(seen: tuple[Views, np.ndarray]):
    views, truth = seen
    probabilities = sigmoid(cross_joint(views, truth, np.arange(1500) % 3, PROGRAM))
    assert expected_calibration_error(probabilities, truth) < 0.005
    assert ((probabilities > 0.5) == (truth > 0)).mean() > 0.97


def test_a_rival_speaks_against_where_labels_exclude_one_another():
    rng = np.random.default_rng(2)
    truth = np.zeros((2000, 120))
    truth[np.arange(2000), rng.integers(0, OBJECTIVES, 2000)] = 1  # one objective each
    truth[:, OBJECTIVES] = rng.random(2000) < 0.2
    scores = truth * 3 - 4 + rng.normal(0, 1.5, truth.shape)
    joint = fit_joint(Views(scores, np.zeros((2000, 3)), np.zeros(truth.shape)), truth, PROGRAM)
    asked = np.full((2, 120), -6.0)
    asked[:, 0], asked[1, 1] = 1.0, 5.0
    alone, beside = joint(Views(asked, np.zeros((2, 3)), np.zeros((2, 120))))
    assert alone[0] > beside[0] + 0.2


def test_a_passage_is_judged_by_itself(seen: tuple[Views, np.ndarray]):
    views, truth = seen
    joint = fit_joint(views, truth, PROGRAM)
    whole = joint(views)
    for number in (0, 7, 1499):
        assert joint(views.part(np.array([number]))).tobytes() == whole[number].tobytes()


def test_a_regression_survives_saving(seen: tuple[Views, np.ndarray], words: WordHeads, tmp_path: Path):
    views, truth = seen
    views = replace(views, words=truth - 4.0)
    joint = replace(fit_joint(views, truth, PROGRAM), words=words)
    joint.save(tmp_path / "joint.npz")
    again = Joint.load(tmp_path / "joint.npz", PROGRAM)
    assert again(views).tobytes() == joint(views).tobytes()
    assert again.words and again.words.weights.tobytes() == words.weights.tobytes()
    assert (again.family == parents(PROGRAM)).all()


def test_the_group_that_acts_is_given_its_own_activities():
    iom, unknown = own_group(PROGRAM, ["iom", None])
    assert not unknown.any() and not iom[:OBJECTIVES].any()
    mine = [PROGRAM.targets[i] for i in np.flatnonzero(iom)]
    assert mine and {PROGRAM.group_of(PROGRAM.labels[t]) for t in mine} == {PROGRAM.body_by_id["iom"].group}


def test_a_model_with_words_reads_texts_alone_as_together(mapper: Mapper, annotated_texts: list[str]):
    assert mapper.model.joint and mapper.model.joint.words
    texts = annotated_texts[:12]
    together = mapper.read_texts(texts, [NEAR] * 12)
    assert [mapper.read_texts([text], [NEAR])[0] for text in texts] == together


def test_reasons_explain_the_probability_that_is_shown(mapper: Mapper, annotated_texts: list[str], tmp_path: Path):
    """The fall of a sentence is that of the joint probability, which words and rivals have a part in."""
    (tmp_path / "a.txt").write_text("\n\n".join(" ".join(annotated_texts[i : i + 3]) for i in range(0, 30, 3)), "utf-8")
    (outcome,) = map_many([tmp_path / "a.txt"], Settings(encoder="hash"), mapper)
    assert outcome.mapping
    mapping = outcome.mapping
    readings = {p.passage_id: r for p, r in zip(mapping.passages, mapping.readings, strict=True)}
    weighed = [link for link in mapping.links if len(link.why.sentences) > 1]
    assert weighed
    for link in mapping.links:
        assert link.probability == readings[link.passage_id].probabilities[link.target]
    moved = {link.why.sentences[0][1] for link in weighed}
    assert len(moved) > 1 and all(-1 <= fall <= 1 for fall in moved)


def test_a_model_without_the_regression_still_loads(tiny_model: Path):
    manifest = json.loads((tiny_model / MANIFEST).read_text("utf-8"))
    (tiny_model / MANIFEST).write_text(json.dumps(manifest | {"format": 2}), "utf-8")
    try:
        assert load(tiny_model, PROGRAM, "hash-1").joint is None
    finally:
        (tiny_model / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")


def test_a_regression_that_was_changed_is_refused(joint_model: Path):
    whole = (joint_model / JOINT).read_bytes()
    (joint_model / JOINT).write_bytes(whole[:-9] + b"?" + whole[-8:])
    try:
        with pytest.raises(ModelError, match="sha256"):
            load(joint_model, PROGRAM, "hash-1")
    finally:
        (joint_model / JOINT).write_bytes(whole)


def test_what_ships_runs_in_the_race(annotations: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_CACHE", str(tmp_path / "cache"))
    read = load_annotations(annotations)
    outside = {"out": sheet_of(read, annotations, list(read.passages)[:9])}
    course = Course(read, PROGRAM, outside, Recipe("hash", folds=2), lambda _: None)
    with kept("hash") as encoder:
        own = load_class(read, PROGRAM, encoder, course.recipe)
    said = jointly(course, [ask_learner(course, course.recipe)], own.held, fold_of(own.held.groups, 2))
    assert said.calibrated and said.cross["targets"].shape == own.held.targets.shape
    assert said.outside["out"]["targets"].shape == (9, 120)
    assert all(set(parts) <= {*contenders.CONTENDERS, *contenders.PEERS} for parts in JOINTS.values())
