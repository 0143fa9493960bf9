"""Lines of running text into paragraphs: hard-wrapped lines are joined, list markers found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.readers.shapes import ends_sentence, is_lone_marker, is_rule, split_marker
from nlp.records import BlockKind

_NARROW, _WIDE = 45, 110
_RUN_IN_LABEL = re.compile(r"[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+){0,3}: ")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_MARKDOWN_CLOSING = re.compile(r"[ \t]+#+\Z")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_NOTE = re.compile(r"(?P<markdown>\[\^[^\]\s]{1,40}\]:)[ \t]*(?=\S)|(?P<typed>\[\d{1,3}\]|\d{1,3}/)[ \t]+(?=\S)")
_NOTE_MARK = re.compile(r"\(\d{1,3}\)|\[\d{1,3}\]")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_TITLE_LINES = 3
_INDENT = 2


class Line(NamedTuple):
    """One line: `begin` where it starts in the text, `start` and `end` around its text without white space.

    `indent` is the columns before its text, `quote` the signs of quotation (">") in front, `page` counts from 1.
    """

    number: int
    begin: int
    start: int
    end: int
    text: str
    indent: int = 0
    quote: int = 0
    page: int = 1

    @property
    def width(self) -> int:
        """Characters from the line's start to the end of its text."""
        return self.end - self.begin


class Piece(NamedTuple):
    """One paragraph: where it stands (without its marker), its marker, and its level as a Markdown heading.

    `kind` is given where the text says plainly what it is, `alone` says that it is one line between empty lines.
    """

    start: int
    end: int
    marker: str | None = None
    level: int | None = None
    kind: BlockKind | None = None
    page: int = 1
    alone: bool = False


def split_lines(text: str) -> list[Line]:
    """Cut `text` at its line feeds and form feeds; a form feed begins a page."""
    parts = re.split(r"(\n\f*|\f+)", text)
    raws, endings = parts[::2], [*parts[1::2], ""]
    quoted = [False, *(raw.lstrip().startswith(">") for raw in raws), False]
    lines: list[Line] = []
    begin, page = 0, 1
    for number, (raw, ending) in enumerate(zip(raws, endings, strict=True)):
        stripped = raw.strip()
        skip, depth = _quotation(stripped, quoted[number] or quoted[number + 2])
        lead = len(raw) - len(raw.lstrip()) + skip if stripped else 0
        start, indent = begin + lead, len(raw[:lead].expandtabs())
        lines.append(Line(number, begin, start, start + len(stripped) - skip, stripped[skip:], indent, depth, page))
        begin, page = begin + len(raw) + len(ending), page + ending.count("\f")
    return lines


def _quotation(text: str, beside: bool) -> tuple[int, int]:
    """Return how many characters of quotation signs open a line, and their number.

    "> 60" alone is a figure, not a quotation; `beside`: a line next to it is quoted.
    """
    match = _QUOTE.match(text)
    if not match or (text[match.end() : match.end() + 1].isdigit() and not beside):
        return 0, 0
    rest = text[match.end() :]
    return len(text) - len(rest.lstrip()), match[0].count(">")


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether a whole text is hard-wrapped: nearly no long line, and some run of lines that breaks at a width."""
    filled = [line for line in lines if line.text]
    long = sum(line.width > _WIDE for line in filled)
    return long <= 0.02 * len(filled) and any(_wrap_width(run, 3) for run in _runs(lines))


def paragraphs(lines: Sequence[Line], wrapped: bool = False) -> Iterator[Piece]:
    """Join lines to paragraphs.

    A line is a paragraph of its own, unless its run of lines is hard-wrapped (breaks at one width) or it plainly
    goes on with a small letter. A marker alone on its line belongs to the next one, over one empty line at most.
    Rules part paragraphs and are none.

    Args:
        wrapped: the whole text is hard-wrapped, so that two lines are enough to see it.
    """
    waiting: Line | None = None
    for group, alone in _groups(lines, 2 if wrapped else 3):
        first = group[0]
        marker = _opening(first.text)[0]
        if waiting and not marker and first.number - waiting.number <= 2 and not is_lone_marker(first.text):
            yield Piece(first.start, group[-1].end, waiting.text, page=first.page)
            waiting = None
            continue
        if waiting:
            yield Piece(waiting.start, waiting.end, page=waiting.page)
            waiting = None
        if is_lone_marker(first.text):
            waiting = first
        else:
            yield _piece(group, alone)
    if waiting:
        yield Piece(waiting.start, waiting.end, page=waiting.page)


def verbatim(lines: Sequence[Line]) -> Iterator[Piece]:
    """Paragraphs of lines whose signs mean nothing, as in a fence of Markdown: runs between empty lines."""
    run: list[Line] = []
    for line in lines:
        if line.text:
            run.append(line)
        elif run:
            yield Piece(run[0].start, run[-1].end, kind="paragraph", page=run[0].page)
            run = []
    if run:
        yield Piece(run[0].start, run[-1].end, kind="paragraph", page=run[0].page)


def _piece(group: Sequence[Line], alone: bool) -> Piece:
    first, last = group[0], group[-1]
    marker, skip, kind = _opening(first.text)
    start = first.start + skip
    if _is_underlined(group):
        return Piece(start, group[-2].end, marker, 1 if last.text[0] == "=" else 2, page=first.page)
    heading = _MARKDOWN_HEADING.match(first.text)
    if heading:
        closing = _MARKDOWN_CLOSING.search(last.text, heading.end() if last is first else 0)
        end = last.start + closing.start() if closing else last.end
        return Piece(first.start + heading.end(), end, level=len(heading.group(1)), page=first.page)
    return Piece(start, last.end, marker, None, kind, first.page, alone)


def _opening(text: str) -> tuple[str | None, int, BlockKind | None]:
    """Return the marker of a list item or note that opens `text`, what to skip, and the kind where it is plain."""
    note = _NOTE.match(text)
    if note:
        return note["markdown"] or note["typed"], note.end(), "footnote" if note["markdown"] else None
    return *split_marker(text), None


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Stretches between empty lines, rules and changes of quotation; a title keeps the row of signs under it."""
    run: list[Line] = []
    for line in lines:
        if run and (not line.text or line.quote != run[-1].quote):
            yield run
            run = []
        if not is_rule(line.text):
            run += [line] if line.text else []
            continue
        if _is_underlined([*run, line]):
            run.append(line)
        if run:
            yield run
        run = []
    if run:
        yield run


def _is_underlined(run: Sequence[Line]) -> bool:
    """Whether these lines are a title with a row of "=" or "-" under it, as Markdown and typists write them."""
    titled = 1 < len(run) <= _TITLE_LINES + 1 and _UNDERLINE.fullmatch(run[-1].text)
    return bool(titled) and not ends_sentence(run[-2].text)


def _groups(lines: Sequence[Line], fewest: int) -> Iterator[tuple[list[Line], bool]]:
    """Paragraphs as lines, each with whether it is one line that stands alone."""
    for run in _runs(lines):
        if _is_underlined(run):
            yield run, False
            continue
        width = _wrap_width(run, fewest)
        group = run[:1]
        for before, line in pairwise(run):
            if _ends_with_note(before, line, width, line is run[-1]) or _continues(group, line, width):
                group.append(line)
            else:
                yield group, False
                group = [line]
        yield group, len(run) == 1


def _wrap_width(run: Sequence[Line], fewest: int) -> int | None:
    """Return the width at which the lines of `run` break, None when they are paragraphs of their own."""
    width = max(line.width for line in run)
    if len(run) < fewest or not _NARROW <= width <= _WIDE:
        return None
    full = sum(_is_full(before, line, width - 12) for before, line in pairwise(run))
    return width if full >= 0.5 * (len(run) - 1) else None


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether the first word of `following` had no place left on `line`."""
    return line.width + 1 + len(following.text.split(maxsplit=1)[0]) > width


def _ends_with_note(before: Line, line: Line, width: int | None, last: bool) -> bool:
    """Whether `line` is the mark of a note that found no place on the paragraph's last full line."""
    return bool(width and last and _NOTE_MARK.fullmatch(line.text)) and _is_full(before, line, (width or 0) - 3)


def _continues(group: Sequence[Line], line: Line, width: int | None) -> bool:
    """Whether `line` goes on with the paragraph of `group`."""
    before = group[-1]
    if is_lone_marker(before.text):
        return False
    if line.text.startswith("/"):
        return True
    if is_lone_marker(line.text) or _opening(line.text)[0]:
        return False
    if any(map(_MARKDOWN_HEADING.match, (before.text, line.text))) or _RUN_IN_LABEL.match(line.text):
        return False
    if any(_in_brackets(before.text, line.text, bool(width), *pair) for pair in ("[]", "()")):
        return True
    ended = ends_sentence(before.text)
    if line.text[0].islower() and not ended:
        return True
    if not width or (before.text.isupper() and line.text != line.text.upper()) or (ended and _steps_in(group, line)):
        return False
    return _is_full(before, line, width - 3) if ended else before.width >= 0.6 * width


def _in_brackets(before: str, text: str, wrapped: bool, opening: str, closing: str) -> bool:
    """Whether a bracket is open at the end of `before`; outside wrapped text `text` must close it."""
    closes = wrapped or -1 < text.find(closing) < (text + opening).find(opening)
    return closes and before.rfind(opening) > before.rfind(closing)


def _steps_in(group: Sequence[Line], line: Line) -> bool:
    """Whether `line` stands in from the one before, as the first of a paragraph does; below a marker it hangs."""
    hanging = len(group) == 1 and _opening(group[0].text)[0]
    return not hanging and line.indent >= group[-1].indent + _INDENT
