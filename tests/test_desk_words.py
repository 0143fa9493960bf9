"""Interface words: all languages complete, every key known, and nothing in the pages that a strict policy forbids."""

import re
from pathlib import Path

import pytest
from fastapi import Request

from nlp.desk.wording import NAMES, WORDS, language_of, say, words_file
from nlp.program import LANGUAGES

DESK = Path(WORDS).parent
SCRIPTS = sorted((DESK / "static").glob("*.js"))
TEMPLATES = sorted((DESK / "templates").glob("*.html"))
KEY = re.compile(r"""say\(\s*["'`]([a-z_.]+)["'`]|words: "([a-z]+\.[a-z_]+)\"""")
BEGUN = re.compile(r"""say\(\s*[`"']([a-z_]+\.[a-z_]*)(?:\$\{|["'] ~)""")
VALUE = re.compile(r"\{(\w+)\}")


def forms(key: str) -> set[str]:
    return {key, f"{key}.one", f"{key}.other"}


def test_every_language_has_every_word():
    english = words_file("en")
    for language in LANGUAGES:
        words = words_file(language)
        assert words.keys() == english.keys()
        assert not [key for key, text in words.items() if not text.strip()]
        wrong = [key for key, text in words.items() if set(VALUE.findall(text)) != set(VALUE.findall(english[key]))]
        assert not [key for key in wrong if not key.endswith(".one")]


def test_few_words_are_the_same_in_another_language():
    english = words_file("en")
    for language in ("es", "pt", "fr"):
        same = [key for key, text in words_file(language).items() if text == english[key] and len(text) > 12]
        assert same == [] or len(same) <= 4, same


@pytest.mark.parametrize("path", [*SCRIPTS, *TEMPLATES], ids=lambda path: path.name)
def test_every_key_that_is_used_is_known(path: Path):
    text, words = path.read_text("utf-8"), words_file("en")
    used = {one or other for one, other in KEY.findall(text)}
    assert not [key for key in used if not forms(key) & words.keys() and not key.endswith(".")]
    assert not [key for key in BEGUN.findall(text) if not any(name.startswith(key) for name in words)]


def test_every_word_is_used():
    text = "".join(path.read_text("utf-8") for path in (*SCRIPTS, *TEMPLATES))
    begun = tuple(set(BEGUN.findall(text)) | {"language.", "next.", "why."})
    plain = {key.removesuffix(".one").removesuffix(".other") for key in words_file("en")}
    assert not [key for key in plain if f'"{key}"' not in text and f"'{key}'" not in text and not key.startswith(begun)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_or_style(path: Path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup(path: Path):
    text = path.read_text("utf-8")
    assert not re.search(r"(inner|outer|Adjacent)HTML|document\.write|\beval\(|new Function|DOMParser", text)


def test_the_module_for_notebooks_imports_nothing():
    assert not re.search(r"^\s*import\b|\bfetch\(", (DESK / "static/passage.js").read_text("utf-8"), re.M)


def asking(query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


def test_whose_language_it_is():
    assert language_of(asking("lang=pt", "evmap-language=es", "fr")) == "pt"
    assert language_of(asking("lang=xx", "evmap-language=es", "fr")) == "es"
    assert language_of(asking("", "", "de;q=1, fr-CA;q=0.9, en;q=0.8")) == "fr"
    assert language_of(asking()) == "en"
    assert set(NAMES) == set(LANGUAGES)


def test_values_go_into_words():
    assert say("es", "page.short", page=3) == "p. 3"
    with pytest.raises(KeyError):
        say("en", "no.such.words")
