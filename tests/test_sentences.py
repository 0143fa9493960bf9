"""What is said to officers is said in their language: every sentence in the code is in the table, in four languages."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import sentences

from nlp.program import LANGUAGES
from nlp.records import STATUSES
from nlp.sentences import HOLE, PLACES, rows, spoken, told

OTHERS = [language for language in LANGUAGES if language != "en"]
FOR_PROGRAMS = {"structure/official.py", "desk/pictures.py: is no number"}


def test_every_sentence_in_the_code_is_in_the_table():
    said = {text: where for text, where in sentences().items() if where not in FOR_PROGRAMS}
    assert len(said) > 180
    # a fault of a sheet is said with its cell
    missing = {t: w for t, w in said.items() if told(t, "es") is None and told(f"B3: {t}", "es") is None}
    assert missing == {}


def test_every_status_but_ok_has_words():
    assert not [status for status in STATUSES if status != "ok" and told(status, "fr") is None]


@pytest.mark.parametrize("language", OTHERS)
def test_every_row_is_whole_and_has_the_same_values(language: str):
    for row in json.loads(PLACES.read_text("utf-8")):
        assert row[language].strip() and set(HOLE.findall(row[language])) == set(HOLE.findall(row["en"])), row
        assert row[language] != row["en"] or row["en"].startswith("Run:"), row


def test_sentences_that_are_said_together_keep_their_ends():
    assert told("needs a password. remove the password", "es") == "Necesita una contraseña. Quite la contraseña"
    assert told("More than 12 bytes", "fr") == "Plus de 12 octets"
    found = told("B3: the quote was changed; C4: a formula; and 7 more", "pt")
    assert found == "B3: a citação foi alterada; C4: uma fórmula; e mais 7"
    assert told("no such thing was ever said", "es") is None
    assert spoken("no such thing was ever said", "es") == "no such thing was ever said"


@given(st.sampled_from([row["en"] for row in rows()]), st.text("xyz 1", min_size=1), st.sampled_from(OTHERS))
def test_values_are_kept(english: str, value: str, language: str):
    text = HOLE.sub(lambda _: value.strip() or "x", english)
    found = told(text, language)
    assert found is not None and "{" not in found
