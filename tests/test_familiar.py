"""Documents unlike the annotated ones are told by their words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.classify.familiar import ENOUGH_DOCUMENTS, ENOUGH_WORDS, KnownWords, hashes

SUBJECTS = ("harvest", "shelter", "passport", "consul", "border", "worker", "family", "return", "school", "clinic")


def text(own: str, words: int = 200) -> str:
    return " ".join(SUBJECTS[i % len(SUBJECTS)] if i % 20 else own for i in range(words))


@pytest.fixture(scope="module")
def known() -> KnownWords:
    names = [f"{a}{b}tion" for a in ("mig", "reg", "sta", "val", "fun") for b in ("ra", "li", "no", "du", "pe")]
    assert len(names) >= ENOUGH_DOCUMENTS
    return KnownWords.of((text(name), "en", f"d{i}", f"author{i}") for i, name in enumerate(names))


def test_what_only_its_author_says_counts_as_strange_in_setting_the_limit(known: KnownWords):
    assert known.limits == {"en": 0.05}  # one word in twenty of every document stands in no other


def test_a_text_of_another_world_is_strange(known: KnownWords):
    like = known.familiarity([(text("migration"), "en")])
    unlike = known.familiarity([("kernel driver module thread socket buffer packet " * 40, "en")])
    assert like is not None and not like.strange
    assert unlike is not None and unlike.strange and unlike.share == 1.0


def test_short_texts_and_languages_without_annotations_say_nothing(known: KnownWords):
    assert known.familiarity([(text("migration", ENOUGH_WORDS - 1), "en")]) is None
    assert known.familiarity([(text("migration"), "fr")]) is None


def test_words_travel_with_a_model(known: KnownWords, tmp_path: Path):
    known.save(tmp_path / "words.npz")
    again = KnownWords.load(tmp_path / "words.npz")
    assert again.limits == known.limits
    assert again.words["en"].tobytes() == known.words["en"].tobytes()


@given(st.text())
def test_any_text_has_hashes_and_case_and_accents_do_not_matter(line: str):
    assert all(0 <= value < 2**32 for value in hashes(line))
    assert hashes("MIGRACIÓN Détresse") == hashes("migracion detresse")
