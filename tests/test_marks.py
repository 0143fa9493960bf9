"""Letters without their marks."""

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlp.marks import unmarked


@given(st.text() | st.text("aéÑﬁ\u0301\u0130\u0345½ ", max_size=20))
def test_a_text_loses_its_marks_and_nothing_else(text: str):
    plain = unicodedata.normalize("NFKD", text)
    assert unmarked(text) == "".join(mark for mark in plain if not unicodedata.combining(mark))


def test_no_mark_of_all_that_there_are_stays():
    every = "".join(filter(unicodedata.combining, map(chr, range(sys.maxunicode + 1))))
    assert len(every) > 800
    assert unmarked(every) == ""
