"""Long expressions brought together match what they matched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.structure.lean import lean_words, together

CLASS = "[" + "".join(map(chr, range(0x61, 0x7B))) * 20 + "éèà]"
ENDS = (f"{CLASS}+", f"{CLASS}*", f"{CLASS}[-'{CLASS[1:]}*", "z")
STARTS = ("sous-", "r[ée]tro-", "l'", "(?:re)?doubles?-")


@given(
    st.lists(
        st.tuples(st.sampled_from(["", f"{CLASS}+-"]), st.sampled_from(STARTS), st.sampled_from(ENDS)), min_size=1
    ),
    st.text("abrtésoulz-'", max_size=12),
)
def test_the_same_words_match(parts, word):
    pattern = "(?iu)" + "|".join(f"(?:^{''.join(part)}$)" for part in parts)
    short = together(pattern)
    for text in (word, *(f"{start}{word}" for start in ("sous-", "rétro-", "a-l'", "redouble-"))):
        assert bool(re.match(pattern, text)) == bool(re.match(short, text))


@pytest.mark.parametrize("pattern", ["", "abc", "(?:^a$)x", "(?:^a$)|b"])
def test_other_expressions_stay_as_they_are(pattern):
    assert re.compile(together(pattern)).groups == re.compile(pattern).groups
    assert together(pattern) == pattern


def test_compiling_is_as_before_outside():
    usual = re.compile
    with lean_words():
        assert re.compile("a+").fullmatch("aaa")
    assert re.compile is usual
