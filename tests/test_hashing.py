"""Counts of hashed features are those of scikit-learn, which they stand in for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.classify.hashing import Counter, Counts, beside, columns_of

SIZE = 2**10
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
VARIANTS = {
    "words": ({}, lambda counter, texts: counter.words(texts)),
    "pairs": ({"ngram_range": (1, 2)}, lambda counter, texts: counter.words(texts, pairs=True)),
    "runs": ({"analyzer": "char_wb", "ngram_range": (4, 4)}, lambda counter, texts: counter.runs(texts)),
}


def reference(**options) -> HashingVectorizer:
    return HashingVectorizer(
        n_features=SIZE, alternate_sign=False, norm=None, strip_accents="unicode", dtype=np.float32, **options
    )


@pytest.mark.parametrize("name", VARIANTS)
@given(texts=st.lists(WORDS, min_size=1, max_size=5))
def test_counts_are_those_of_scikit_learn(name, texts):
    options, count = VARIANTS[name]
    ours, theirs = count(Counter(SIZE), texts).to_scipy(), reference(**options).transform(texts)
    assert np.array_equal(ours.indptr, theirs.indptr)
    assert np.array_equal(ours.indices, theirs.indices)
    assert np.array_equal(ours.data, theirs.data)


def test_what_was_counted_before_changes_nothing(monkeypatch):
    monkeypatch.setattr("nlp.classify.hashing.MOST_KEPT", 3)
    texts = ["migrants and their families", "los niños y las niñas migrantes", "migrants and visas"]
    counter = Counter(SIZE)
    for text in [*texts, *texts]:
        for _, count in VARIANTS.values():
            fresh, again = count(Counter(SIZE), [text]), count(counter, [text])
            assert np.array_equal(fresh.columns, again.columns)


def test_known_hashes():
    assert columns_of(["", "a", "hello", "migración"], 2**31).tolist() == [0, 1009084850, 613153351, 1550964944]


@given(seed=st.integers(0, 2**32 - 1))
def test_a_product_is_that_of_the_whole_table(seed):
    rng = np.random.default_rng(seed)
    counts = Counter(SIZE).words([" ".join(rng.choice(["alpha", "beta", "gamma", "delta"], 5)) for _ in range(4)])
    weights = rng.normal(size=(SIZE, 3)).astype(np.float32)
    assert np.array_equal(counts @ weights, counts.to_scipy() @ weights)


def test_tables_stand_side_by_side():
    left, right = Counter(4).words(["one two", ""]), Counter(8).words(["three", "four five"])
    both = beside([left, right])
    assert isinstance(both, Counts)
    assert both.width == 12
    assert np.array_equal(both.to_scipy().toarray(), np.hstack([left.to_scipy().toarray(), right.to_scipy().toarray()]))
