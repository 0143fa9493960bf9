"""Decisions after a new reading: on their own place, or orphaned; never on a look-alike."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.review.attach import GONE, TWINS, Attached, attach
from nlp.review.folding import Folded
from nlp.review.records import Item
from tests.attach.trial import WAYS, right, trial

CONTEXT = 32
FORMULAS = ("The Committee took note of the report.", "Takes note with satisfaction.", "No comments were received.")
WORDS = "shelters consulates workshops migrants returned hired trained visas border network office funds".split()


def item_at(text: str, start: int, end: int) -> Item:
    around = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Item("0" * 16, "d" * 64, 1, 3, "confirmed", "objective:1", "p", start, end, text[start:end], *around,
                4, "review", 0.5, None, None)  # fmt: skip


def item_of(text: str, quote: str) -> Item:
    start = text.index(quote)
    return item_at(text, start, start + len(quote))


def passage(number: int, rng: random.Random) -> str:
    own = [" ".join(rng.choices(WORDS, k=rng.randint(4, 14))).capitalize() + "." for _ in range(rng.randint(0, 3))]
    own += rng.choices(FORMULAS, k=rng.choice((0, 1, 1, 2)))
    rng.shuffle(own)
    return " ".join([*own, f"(K{number:04})"])


def perturbed(passages: list[str], rng: random.Random) -> tuple[list[str], set[str]]:
    """Passages with headers and other white space, some lost, some standing twice; the marks of these."""
    new, twice = [], set()
    for number, text in enumerate(passages):
        if rng.random() < 0.15:
            continue
        text = "".join(rng.choice((" ", "\n", "  ")) if mark == " " and rng.random() < 0.3 else mark for mark in text)
        text = text.replace("shelters", "shel-\nters") if rng.random() < 0.5 else text
        new.append(text)
        if rng.random() < 0.1:
            twice.add(f"(K{number:04})")
            new.insert(rng.randrange(len(new) + 1), text)
        if rng.random() < 0.15:
            new.append(rng.choice(("Annual report 2019", "- 7 -", "No comments were received.")))
    return new, twice


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(3, 30))
def test_nothing_stands_on_a_look_alike(rng: random.Random, count: int):
    passages = [passage(number, rng) for number in range(count)]
    new, twice = perturbed(passages, rng)
    old_text, new_text = "\n\n".join(passages), "\n\n".join(new)
    before, after = Folded.of(old_text), Folded.of(new_text)
    spans = []
    for text in passages:
        start = old_text.index(text)
        spans.append((start, start + len(text) - len(" (K0000)")))
        for formula in FORMULAS:
            place = text.find(formula)
            spans += [(start + place, start + place + len(formula))] if place >= 0 else []
    items = [item_at(old_text, *pair) for pair in spans if pair[0] < pair[1]]
    for one in attach(items, old_text, new_text, ()):
        if one.place == "orphaned":
            assert replace(one.item, place="exact") == one.before
            continue
        assert new_text[one.item.start : one.item.end] == one.item.quote
        if not twice & set(marks_near(one.before, old_text)):  # copies of a passage are the same passage
            assert right(before, after, one), one


def marks_near(item: Item, text: str) -> list[str]:
    end = text.find("(K", item.end - 1)
    return [text[end : end + 7]]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_what_is_found_in_folded_text_is_a_slice(around: str, words: str):
    text = f"{around} {words} {around}"
    folded = Folded.of(text)
    assert len(folded.folded) == len(folded.origin)
    own = folded.inner(len(around) + 1, len(around) + 1 + len(words))
    for pair in folded.find(folded.folded[slice(*own)]):
        span = folded.outer(*pair)
        assert span and Folded.of(text[slice(*span)]).folded.strip() == folded.folded[slice(*pair)]


OLD = (
    "Preamble of the resolution on migrant workers and their families, adopted by acclamation.\n\n"
    "Consulates opened three shelters. Takes note with satisfaction. The border network grew to nine offices.\n\n"
    "Workshops on visas were held for returned migrants. Takes note with satisfaction. Funds were hired for training."
)


def test_the_same_text_keeps_everything():
    item = item_of(OLD, "The border network grew to nine offices.")
    [one] = attach([item], OLD, OLD, [{"passage_id": "p", "start": 91, "end": len(OLD) - 90, "page": 4}])
    assert one.item == item and one.place == "exact"


def test_a_moved_quote_gets_offsets_context_passage_and_page():
    new = "Annual report\n\n" + OLD.replace("shelters. ", "shel-\nters. ")
    item = item_of(OLD, "Consulates opened three shelters.")
    start = new.index("Consulates")
    rows = [{"passage_id": "q", "start": start, "end": start + 80, "page": 9}]
    [one] = attach([item], OLD, new, rows)
    assert (one.place, one.item.passage_id, one.item.page) == ("moved", "q", 9)
    assert one.item.quote == "Consulates opened three shel-\nters." and "hyphens" in one.note
    assert new[: one.item.start].endswith(one.item.prefix) and new[one.item.end :].startswith(one.item.suffix)


def test_a_formula_follows_its_context_and_not_its_words():
    second = OLD.rindex("Takes note")
    item = item_at(OLD, second, second + len("Takes note with satisfaction."))
    new = OLD.replace("Consulates opened three shelters. Takes note with satisfaction. ", "")
    [one] = attach([item], OLD, new, ())
    assert one.place == "moved" and one.item.start == new.index("Takes note")
    first = item_of(OLD, "Takes note with satisfaction.")
    [lost] = attach([first], OLD, new, ())
    assert (lost.place, lost.note, len(lost.candidates)) == ("orphaned", TWINS, 1)
    assert (lost.item.start, lost.item.quote) == (first.start, first.quote)


def test_two_copies_cannot_be_told_apart():
    item = item_of(OLD, "Takes note with satisfaction.")
    middle = OLD.split("\n\n")[1]
    [one] = attach([item], OLD, OLD.replace(middle, f"{middle}\n\n{middle}"), ())
    assert (one.place, one.note, len(one.candidates)) == ("orphaned", TWINS, 3)


def test_what_is_gone_is_an_orphan_and_comes_back():
    item = item_of(OLD, "The border network grew to nine offices.")
    [gone] = attach([item], OLD, OLD.replace(item.quote, ""), ())
    assert (gone.place, gone.note, gone.candidates) == ("orphaned", GONE, ())
    [back] = attach([gone.item], OLD, "New cover page\n\n" + OLD, ())
    assert back.place == "moved" and back.item.quote == item.quote


def test_no_word_is_cut_in_two():
    old, new = "They act at once on visas.", "They react at once on visas. The act atoned."
    assert attach([item_of(old, "act at")], old, new, ())[0].place == "orphaned"


def test_a_quote_that_is_not_in_its_text_is_refused():
    with pytest.raises(ValueError, match="does not quote"):
        attach([replace(item_of(OLD, "Funds"), start=3)], OLD, OLD + " ", ())


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.name in ("contacts kept", "read by pypdf", "at most 3 pages")]
)
@pytest.mark.parametrize("with_text", [True, False])
def test_documents_read_otherwise(way, with_text: bool, tmp_path: Path):
    count, wrong = trial(way, tmp_path, 60, 3, with_text)
    assert count.decisions == count.exact + count.moved + count.orphaned >= 50
    assert count.formulas > 10 and not wrong
    if way.name == "read by pypdf":
        assert count.moved > (50 if with_text else 20)


def test_the_trial_knows_a_look_alike(tmp_path: Path):
    """Who takes the nearest place with the same words is found out."""
    way = next(way for way in WAYS if way.name == "at most 3 pages")

    def nearest(items, old, new, passages):
        return [_nearest(one, new) for one in attach(items, old, new, passages)]

    assert trial(way, tmp_path, 60, 3, finder=nearest)[0].wrong > 0


def _nearest(one: Attached, text: str) -> Attached:
    near = min(one.candidates, key=lambda span: abs(span.start - one.before.start), default=None)
    if not near:
        return one
    now = replace(one.item, place="moved", start=near.start, end=near.end, quote=text[near.start : near.end])
    return replace(one, item=now)
