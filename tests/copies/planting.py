"""Findings at random and hard places of a document."""

from __future__ import annotations

import random

from nlp.copies import Finding
from nlp.records import Block, Document

LONGEST = 160


def plant(document: Document, seed: int, count: int = 8) -> list[Finding]:
    """Findings in a document; the title of each holds its number, by which it is known again.

    Spans at random, from inside a word to inside another; a whole block; a block's first and last word; one word.
    """
    draw = random.Random(seed)
    blocks = [block for block in document.blocks if block.span.end - block.span.start > 3]
    chosen = draw.sample(blocks, min(count, len(blocks)))
    ways = (_anywhere, _whole, _anywhere, _first, _last, _word, _anywhere, _anywhere)
    found = []
    for number, block in enumerate(chosen):
        start, end = _tight(document.text, *ways[number % len(ways)](document.text, block, draw))
        title = f"finding {number} of {seed}"
        found.append(
            Finding(start, end, f"activity:{number + 1}", title, lane="suggested", probability=0.75, note="why")
        )
    return found


def number_of(note: str) -> int | None:
    """The number of the finding that a note speaks of."""
    words = note.split("finding ", 1)
    return int(words[1].split()[0]) if len(words) == 2 else None


def _anywhere(text: str, block: Block, draw: random.Random) -> tuple[int, int]:
    start = draw.randrange(block.span.start, block.span.end)
    return start, draw.randrange(start, min(block.span.end, start + LONGEST)) + 1


def _whole(text: str, block: Block, draw: random.Random) -> tuple[int, int]:
    return block.span.start, block.span.end


def _first(text: str, block: Block, draw: random.Random) -> tuple[int, int]:
    return block.span.start, block.span.start + len(_words(text, block)[0])


def _last(text: str, block: Block, draw: random.Random) -> tuple[int, int]:
    return block.span.end - len(_words(text, block)[-1]), block.span.end


def _word(text: str, block: Block, draw: random.Random) -> tuple[int, int]:
    word = draw.choice(_words(text, block))
    start = text.index(word, block.span.start)
    return start, start + len(word)


def _words(text: str, block: Block) -> list[str]:
    return text[block.span.start : block.span.end].split()


def _tight(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space at the ends; one visible character at least."""
    while text[start].isspace():
        start += 1
    end = max(end, start + 1)
    while text[end - 1].isspace():
        end -= 1
    return start, end
