"""Calibration, lanes, reasons, and models that are refused when they do not fit."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.classify.absence import denied, settled
from nlp.classify.calibrate import Platt, expected_calibration_error, fit_platt, sigmoid
from nlp.classify.examples import Examples
from nlp.classify.features import LabelVectors, Surroundings, body_columns, context_text, joined
from nlp.classify.heads import (
    EXAMPLES,
    GOLDEN,
    HELD,
    MANIFEST,
    WEIGHTS,
    WORDS,
    ZERO_SHOT,
    load,
    load_held,
    save,
    verify,
)
from nlp.classify.lanes import Cut, Held, Lanes, Promise, choose, decide, measure, risk_controlled
from nlp.classify.why import MOST_SENTENCES, drops, folded, group_sentences, nearest, terms_in
from nlp.encode.embed import HashEmbedder
from nlp.errors import ModelError
from nlp.program import load_program
from nlp.records import ROLES, TREATMENTS, Reading, Span
from nlp.tune import settle, tune

PROGRAM = load_program()
IDENTITY = HashEmbedder.identity


# --- calibration


def test_sigmoid_is_safe_for_large_scores():
    assert sigmoid(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


def test_calibration_recovers_known_probabilities():
    rng = np.random.default_rng(5)
    scores = rng.normal(0, 2, (4000, 3))
    truth = np.array([1.5, 0.5, 1.0]), np.array([-1.0, 0.5, -3.0])
    known = sigmoid(scores * truth[0] + truth[1])
    fitted = fit_platt(scores, (rng.random(known.shape) < known).astype(float))
    np.testing.assert_allclose(fitted(scores), known, atol=0.06)
    assert expected_calibration_error(fitted(scores), known) < 0.02


def test_split_votes_count_as_shares():
    scores = np.linspace(-2, 2, 400)[:, None]
    fitted = fit_platt(scores, np.full((400, 1), 0.25))
    np.testing.assert_allclose(fitted(scores), 0.25, atol=0.01)


def test_rare_labels_share_one_curve():
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1, (300, 4))
    targets = (rng.random((300, 4)) < sigmoid(scores - [0.0, 4.0, 4.0, 5.0])).astype(float)
    fitted = fit_platt(scores, targets)
    assert fitted.slope[1] == fitted.slope[2] == fitted.slope[3] != fitted.slope[0]


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20), st.floats(0.01, 5), st.floats(-9, 9))
def test_probabilities_rise_with_the_score(scores: list[float], slope: float, intercept: float):
    column = np.sort(np.array(scores))[:, None]
    probabilities = Platt(np.array([slope]), np.array([intercept]))(column)
    assert (np.diff(probabilities[:, 0]) >= 0).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_calibration_error_by_hand():
    assert expected_calibration_error(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])) == pytest.approx(
        0.1
    )
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(0.5)


# --- lanes


def lanes(suggested: float, review: float) -> Lanes:
    return Lanes(Cut(suggested, 0.9, 0.4), Cut(review, 0.6, 0.8), Cut(suggested, 0.9, 0.4))


def test_a_lane_by_its_cuts():
    both = lanes(0.7, 0.3)
    assert [both.lane(p) for p in (0.7, 0.69, 0.3, 0.29)] == ["suggested", "review", "review", None]


@pytest.mark.parametrize("cut", [0.1, 0.4, 0.8])
def test_moved_lanes_are_silent_below_their_cut(cut: float):
    moved = lanes(0.7, 0.3).at(cut)
    assert moved.lane(cut - 0.01) is None
    assert moved.lane(cut) == ("suggested" if cut >= 0.7 else "review")
    assert moved.lane(0.9) == "suggested"


def test_measured_by_hand():
    probabilities = np.array([[0.9, 0.8], [0.6, 0.1]])
    required = np.array([[True, False], [True, True]])
    permitted = np.array([[True, False], [True, True]])
    assert measure(probabilities, required, permitted, 0.5) == Cut(0.5, 0.667, 0.667)
    assert measure(probabilities, required, permitted, 0.95) == Cut(0.95, 0.0, 0.0)


def invented(seed: int, count: int = 600) -> Held:
    """Passages whose labels are drawn with the very probabilities that the machine gives them."""
    rng = np.random.default_rng(seed)
    probabilities = np.where(rng.random((count, 120)) < 0.05, rng.random((count, 120)), 0.002)
    truth = rng.random((count, 120)) < probabilities
    documents = np.repeat(np.arange(count // 6), 6)
    return Held(probabilities, truth, truth, documents, documents % 3, np.full(count, 300))


def test_each_lane_keeps_its_promise_on_documents_that_had_no_part_in_choosing_it():
    held, promise = invented(3), Promise(0.8, 0.9, 0.9)
    chosen = choose(held, PROGRAM, promise)
    objectives = chosen["objective"]
    assert objectives.suggested.precision >= 0.75
    assert objectives.review.recall >= 0.87
    assert objectives.review.threshold <= objectives.decided.threshold
    assert chosen["activity"].review.recall <= objectives.review.recall  # an activity stands only with an objective


def test_the_controlled_risk_is_kept_on_new_documents():
    cuts = [
        risk_controlled(h.probabilities[:, :20], h.required[:, :20], h.documents, 0.9) for h in map(invented, range(8))
    ]
    new = invented(99, 3000)
    for cut in cuts:
        missed = new.required[:, :20] & (new.probabilities[:, :20] < cut)
        assert missed.sum() / new.required[:, :20].sum() < 0.14


def test_nobody_is_promised_what_no_cut_keeps():
    truth = np.zeros((12, 120), bool)
    truth[:3, 0] = True
    held = Held(np.full((12, 120), 0.5), truth, truth, np.arange(12), np.arange(12) % 2, np.full(12, 9))
    assert choose(held, PROGRAM, Promise(0.9, 0.95))["objective"].suggested.precision < 0.9


def test_tuned_lanes_are_written_and_the_load_is_reckoned(copy: Path):
    strict, load_strict = tune(copy, PROGRAM, Promise(0.95, 0.5, 0.5))
    wide, load_wide = tune(copy, PROGRAM, Promise(0.5, 0.99, 0.99))
    assert load_wide.review + load_wide.suggested > load_strict.review + load_strict.suggested
    assert 0 <= load_wide.covered <= 1
    settle(copy, wide, Promise(0.5, 0.99, 0.99))
    again = load(copy, PROGRAM, IDENTITY)
    assert again.lanes == wide != strict
    assert again.manifest["promise"] == {"precision": 0.5, "recall": 0.99, "activity_recall": 0.99}


CHANCES = st.lists(st.floats(0, 1), min_size=120, max_size=120)


@settings(max_examples=60, deadline=None)
@given(CHANCES, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_no_activity_stands_without_an_objective_of_its_own(
    values: list[float], a: float, b: float, c: float, d: float
):
    probabilities = dict(zip(PROGRAM.targets, values, strict=True))
    objectives, activities = lanes(max(a, b), min(a, b)), lanes(max(c, d), min(c, d))
    found = {target: lane for target, _, lane in decide(PROGRAM, probabilities, objectives, activities)}
    for target, lane in found.items():
        if target.startswith("objective"):
            assert lane == objectives.lane(probabilities[target])
            continue
        parents = {found[parent] for parent in PROGRAM.parents(target) if parent in found}
        assert parents
        assert lane == "review" or "suggested" in parents


def test_an_activity_is_in_no_better_lane_than_its_objective_nor_than_its_own_score():
    activity = PROGRAM.children("objective:17")[0]
    parent = PROGRAM.parents(activity)[0]
    both = lanes(0.7, 0.3)

    def lane_of(own: float, above: float) -> str | None:
        quiet = dict.fromkeys(PROGRAM.targets, 0.0)
        found = decide(PROGRAM, {**quiet, activity: own, parent: above}, both, both)
        return {target: lane for target, _, lane in found}.get(activity)

    assert lane_of(0.9, 0.9) == "suggested"
    assert lane_of(0.9, 0.4) == "review"
    assert lane_of(0.9, 0.1) is None
    assert lane_of(0.4, 0.9) == "review"  # the machine is not sure of the activity itself
    assert lane_of(0.1, 0.9) is None


# --- reasons


def test_the_sentence_that_carries_most_comes_first():
    def reading(probability: float) -> Reading:
        return Reading("activity", "done", {"objective:1": probability})

    spans = (Span(0, 5), Span(6, 9), Span(10, 15))
    found = drops("objective:1", reading(0.9), [reading(0.8), reading(0.2), reading(0.95)], spans)
    assert found == [(spans[1], 0.7), (spans[0], 0.1), (spans[2], -0.05)]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_many_sentences_are_joined_to_few(sizes: list[int]):
    spans, start = [], 0
    for size in sizes:
        spans.append(Span(start, start + size))
        start += size + 1
    groups = group_sentences(spans)
    assert len(groups) == min(len(spans), MOST_SENTENCES)
    assert (groups[0].start, groups[-1].end) == (0, spans[-1].end)
    assert all(a.end < b.start for a, b in pairwise(groups))


def test_terms_stand_as_words_in_any_language():
    terms = PROGRAM.labels["objective:2"].terms
    text = f"{terms['es'][0].upper()} and {terms['en'][0]} and {terms['en'][0]}; un{terms['en'][1]}s"
    assert terms_in(PROGRAM, "objective:2", text) == (terms["es"][0].lower(), terms["en"][0].lower())


CASED = [chr(n) for n in range(0x110000) if len({chr(n), chr(n).lower(), chr(n).upper(), chr(n).casefold()}) > 1]


def test_what_a_pattern_takes_for_the_same_letter_is_folded_to_the_same():
    everything = "".join(CASED)
    for letter in CASED:
        same = re.findall(letter, everything, re.IGNORECASE)
        assert {folded(one) for one in same} == {folded(letter)}, same


@settings(max_examples=100)
@given(st.data())
def test_terms_are_those_that_the_pattern_alone_finds(data):
    target = data.draw(st.sampled_from(PROGRAM.targets))
    own = [term for terms in PROGRAM.labels[target].terms.values() for term in terms]
    written = st.sampled_from(own).flatmap(
        lambda term: st.sampled_from([term, term.upper(), term.title(), term.upper().replace("I", "\u0130"), term[1:],
                                      term.replace("i", "\u0131"), term.replace("s", "\u017f"), f"{term}s"])
    )  # fmt: skip
    text = "".join(data.draw(st.lists(written | st.sampled_from([" ", ", ", "-", "\n", "x"]), max_size=8)))
    either = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    found = re.findall(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE)
    assert terms_in(PROGRAM, target, text) == tuple(dict.fromkeys(term.lower() for term in found))


def test_nearest_examples_bear_the_target():
    encoder = HashEmbedder()
    texts = ("lamp oil", "lamp wick", "soup", "lamp oil door")
    targets = tuple(map(frozenset, ({"objective:1"}, {"objective:1"}, {"objective:1"}, {"objective:2"})))
    examples = Examples(("a", "b", "c", "d"), texts, targets, encoder.encode(texts))
    found = nearest(examples, "objective:1", encoder.encode(["lamp oil"])[0])
    assert [example.example_id for example in found] == ["a", "b", "c"]
    assert found[0].similarity == pytest.approx(1, abs=1e-3)
    assert nearest(examples, "activity:1", encoder.encode(["lamp"])[0]) == ()


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=12))
def test_the_nearest_come_first_and_of_equally_near_ones_the_first(cosines: list[float]):
    vectors = np.array([[cosine, 0.0] for cosine in cosines], np.float32)
    ids = tuple(map(str, range(len(cosines))))
    examples = Examples(ids, ids, (frozenset(["objective:1"]),) * len(ids), vectors)
    found = nearest(examples, "objective:1", np.array([1.0, 0.0], np.float32))
    assert [one.example_id for one in found] == sorted(ids, key=lambda one: (-cosines[int(one)], int(one)))[:3]


def test_surroundings_of_a_passage():
    near = Surroundings("IOM", "iom", ("Part", " Chapter\n one", "Lamps"), "It protects them by:")
    assert context_text(near) == "IOM / Chapter one / Lamps"
    assert context_text(Surroundings()) == "-"
    assert joined("Oiling lamps", near) == "Oiling lamps [IOM / Lamps / It protects them by:]"
    assert joined("Oiling lamps", Surroundings()) == "Oiling lamps"
    assert joined("Oil", Surroundings(lead_in=" ".join(map(str, range(99))))).startswith("Oil [69 70")


def test_columns_say_who_acts():
    iom, unknown, ilo = body_columns(PROGRAM, ["iom", None, "ilo"]) > 0
    assert (iom.sum(), unknown.sum()) == (2, 1)
    assert unknown[-1] and not iom[-1]
    assert (iom & ilo).sum() == 1  # the group that both count with


def test_likeness_to_labels_is_a_cosine():
    encoder = HashEmbedder()
    vectors = encoder.encode([PROGRAM.labels["objective:5"].counts["pt"], "lamp"])
    found = LabelVectors.encode(PROGRAM, encoder).likeness(vectors, vectors.mean(axis=0))
    assert found.shape == (2, 120)
    assert (np.abs(found) <= 1.00001).all()
    assert found[0].argmax() == 4


# --- models on disk


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def test_a_model_reads_passages(tiny_model: Path):
    model, encoder = load(tiny_model, PROGRAM, IDENTITY), HashEmbedder()
    vectors = encoder.encode(["Consuls visit detained migrants.", "Annex II"])
    features = model.heads.features(vectors, vectors, body_columns(PROGRAM, ["iom", None]))
    for reading in model.heads.read(features, PROGRAM.targets):
        assert reading.role in ROLES
        assert reading.treatment in TREATMENTS if reading.role == "activity" else reading.treatment is None
        assert tuple(reading.probabilities) == PROGRAM.targets
        assert all(0 <= p <= 1 and round(p, 4) == p for p in reading.probabilities.values())


def test_a_model_survives_saving_and_loading(tiny_model: Path, tmp_path: Path):
    model = load(tiny_model, PROGRAM, IDENTITY)
    facts = {"encoder": IDENTITY, "codebook": PROGRAM.labels_digest}
    held = load_held(tiny_model, 120)
    save(tmp_path / "again", model.heads, model.lanes, model.examples, held, model.known, facts)
    assert (load_held(tmp_path / "again", 120).required == held.required).all()
    again = load(tmp_path / "again", PROGRAM, IDENTITY)
    for name in ("centre", "mean", "scale", "role", "treatment", "targets"):
        assert getattr(again.heads, name).tobytes() == getattr(model.heads, name).tobytes()
    assert again.heads.platt.slope.tobytes() == model.heads.platt.slope.tobytes()
    assert again.lanes == model.lanes
    assert (again.examples.ids, again.examples.targets) == (model.examples.ids, model.examples.targets)
    assert again.digest != model.digest  # the manifests tell different stories


def test_training_twice_gives_the_same_bytes(annotations: Path, tiny_model: Path, tmp_path: Path):
    from dataclasses import replace

    from nlp.annotations import load_training
    from nlp.learners import Recipe, fit_heads
    from nlp.material import load_material

    encoder = HashEmbedder()
    material = load_material(load_training(annotations)[:80], PROGRAM, encoder)
    labels = LabelVectors.encode(PROGRAM, encoder)
    few = replace(material, targets=material.targets[:, :5])
    first, second = (fit_heads(few, labels, Recipe()) for _ in range(2))
    assert first.targets.tobytes() == second.targets.tobytes()
    assert first.role.tobytes() == second.role.tobytes()


def test_a_model_holds_no_pickle(tiny_model: Path):
    assert {path.name for path in tiny_model.iterdir()} == {WEIGHTS, MANIFEST, EXAMPLES, HELD, WORDS, GOLDEN, ZERO_SHOT}
    with np.load(tiny_model / WEIGHTS, allow_pickle=False) as data:
        assert all(np.isfinite(data[name]).all() for name in data.files)


def edit(change: Callable[[dict], None]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        change(manifest)
        (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")

    return do


def flip(name: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return do


SHA = r"sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}"
DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "codebook": (edit(lambda m: m.update(codebook="c" * 64)), r"codebook labels: expected c{64}, found [0-9a-f]{64}"),
    "encoder": (edit(lambda m: m.update(encoder="e5-0123")), "encoder: expected e5-0123, found hash-1"),
    "weights": (flip(WEIGHTS), SHA),
    "examples": (flip(EXAMPLES), SHA),
    "no weights": (lambda folder: (folder / WEIGHTS).unlink(), "missing"),
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), r"no model there \(manifest.json is missing\)"),
    "torn manifest": (lambda folder: (folder / MANIFEST).write_text("{"), "damaged"),
    "newer format": (edit(lambda m: m.update(format=5)), "format 5, this version reads 4"),
    "it read more": (edit(lambda m: m.update(format=3, joined=True)), "format 3, this version reads 4"),
    "poor manifest": (edit(lambda m: m.pop("lanes")), "lanes"),
    "list for manifest": (lambda folder: (folder / MANIFEST).write_text("[]"), "damaged"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_model_that_does_not_fit_is_refused(name: str, copy: Path):
    damage, words = DAMAGE[name]
    damage(copy)
    with pytest.raises(ModelError, match=words) as caught:
        load(copy, PROGRAM, IDENTITY)
    assert caught.value.hint == "Run: evmap train"


def test_acting_bodies_have_columns_and_so_do_groups():
    program = load_program()
    known, groups = list(program.body_by_id), [group.id for group in program.groups]
    table = body_columns(program, ["iom", "oas", None, "no such body"])
    assert np.flatnonzero(table[0]).tolist() == [known.index("iom"), len(known) + groups.index("multilateral")]
    assert np.flatnonzero(table[1]).tolist() == [len(known) + groups.index("oas")]
    assert np.flatnonzero(table[2]).tolist() == np.flatnonzero(table[3]).tolist() == [table.shape[1] - 1]


def test_a_file_that_no_manifest_names_is_refused(copy: Path):
    verify(copy)
    (copy / "stranger.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="not named in the manifest"):
        verify(copy)


# --- what was not done


@pytest.mark.parametrize(
    "sentence",
    [
        "No projects were implemented in 2008.",
        "The Commission has not adopted the plan.",
        "Uruguay: the mission reports that no campaign has been carried out.",
        "None of the planned workshops took place.",
        "En 2009 no se ejecutaron proyectos en esta materia.",
        "Ningún Estado informó avances.",
        "Quedó pendiente la segunda edición.",
        "Não foram executados projetos.",
        "Nenhuma atividade foi realizada.",
        "Aucun projet n'a été exécuté.",
        "Le bureau n’a pas organisé de cours.",
    ],
)
def test_a_denied_act_is_never_done(sentence: str):
    assert denied(sentence)
    assert settled("done", sentence) == "mention"
    assert settled("recommended", sentence) == "recommended"


@pytest.mark.parametrize(
    "sentence",
    [
        "The law has not yet been adopted.",
        "Todavía no se firmó.",
        "O curso ainda não começou.",
        "Le cours n'a pas encore eu lieu.",
    ],
)
def test_what_is_still_to_come_is_planned(sentence: str):
    assert settled("done", sentence) == "planned"


@pytest.mark.parametrize(
    "sentence",
    [
        "Assistance was given to 300 persons who have not regularised their status.",
        "The office trained 40 officials, not only in the capital.",
        "28 stays were granted because no interpreter had been offered.",
        "Se atendió a 200 personas que no tenían documentos.",
        "Foram atendidos migrantes que não possuíam documentos.",
        "Des cours ont été donnés à ceux qui n'ont pas de papiers.",
    ],
)
def test_a_denial_beside_the_act_leaves_it_done(sentence: str):
    assert settled("done", sentence) == "done"
