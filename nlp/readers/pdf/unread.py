"""Lines of a scanned page that text recognition passed over: ink where it told no word.

Tesseract now and then takes a clean line for a picture or for dirt, and says nothing of it. What is dark beside the
words that it told, as high as a line and several times as wide, is a line to be read by itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from nlp.readers.pdf.recognised import Word, is_sure
from nlp.records import Box

_DARK = 140  # of 255; paler is paper
_GRAIN = 6  # dots of a side of the squares that ink is looked for in
_WORD_GAP = 1.2  # of a line's height: what is nearer stands in one line
_HIGH = (0.5, 2.2)  # of a line's height: how high a strip with a line is
_WIDE = 4.0  # times a line's height: what is narrower is no line, but a sign, or part of a picture
_INK = 0.06  # share of a strip's squares that are dark at least
_MOST = 12  # strips of a page; more are no lines that were forgotten, but a picture
_MARGIN = 0.35  # of a line's height, around what is read by itself
Grid = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Strip:
    """Part of a page's picture, in dots, as PNG: where its upper left corner is, and what it shows."""

    x0: int
    y0: int
    picture: bytes


def strips(picture: bytes, words: Sequence[Word], scale: float) -> Iterator[Strip]:
    """Yield what may be lines that no word was told of, from above.

    Args:
        picture: PNG of the page. words: that were told of it, boxes in points. scale: points a dot.
    """
    from PIL import Image

    high = median(word.size for word in words) / scale if words else 0.0
    if high < 2 * _GRAIN:
        return
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("L")
    dark = np.array(np.asarray(image) < _DARK)
    known = _known_lines(words)
    for word in words:
        if word.line in known:
            x0, top, x1, bottom = (side / scale for side in word.box)
            dark[max(int(top) - 3, 0) : int(bottom) + 4, max(int(x0) - 3, 0) : int(x1) + 4] = False
    found = [*_lines(_squares(dark), high / _GRAIN)]
    if len(found) > _MOST:
        return
    margin = int(_MARGIN * high)
    for x0, y0, x1, y1 in found:
        left, upper = max(x0 * _GRAIN - margin, 0), max(y0 * _GRAIN - margin, 0)
        target = io.BytesIO()
        image.crop((left, upper, x1 * _GRAIN + margin, y1 * _GRAIN + margin)).save(target, "PNG")
        yield Strip(left, upper, target.getvalue())


def _known_lines(words: Sequence[Word]) -> set[int]:
    """Lines in which a word was read with confidence; the others may be what was made of part of a line."""
    return {word.line for word in words if is_sure(word)}


def _squares(dark: Grid) -> Grid:
    """Which squares of `_GRAIN` dots hold enough ink to be part of a letter."""
    rows, columns = (side // _GRAIN for side in dark.shape)
    squares = dark[: rows * _GRAIN, : columns * _GRAIN].reshape(rows, _GRAIN, columns, _GRAIN)
    return np.asarray(squares.sum(axis=(1, 3)) > _GRAIN)


def _lines(ink: Grid, high: float) -> Iterator[tuple[int, int, int, int]]:
    """Yield x0, y0, x1, y1 of stretches of ink that have the shape of a line so many squares high."""
    from scipy import ndimage

    reach = max(round(_WORD_GAP * high / 2), 1)
    joined = ndimage.binary_dilation(ink, np.ones((1, 2 * reach + 1), bool))
    labels, _ = ndimage.label(joined, np.ones((3, 3), bool))
    least, most = (share * high for share in _HIGH)
    for rows, columns in ndimage.find_objects(labels):
        held = ink[rows, columns]
        across = np.flatnonzero(held.any(axis=0))
        if not across.size or not least <= held.shape[0] <= most:
            continue
        wide = across[-1] + 1 - across[0]
        if wide >= _WIDE * high and held.sum() >= _INK * wide * held.shape[0]:
            yield int(columns.start + across[0]), rows.start, int(columns.start + across[-1] + 1), rows.stop


def with_strip(words: Sequence[Word], found: Sequence[Word], scale: float, strip: Strip) -> list[Word]:
    """Put the words that were read of a strip among those of its page, in place of what was taken for dirt there.

    They are refused where most were read with little confidence: then it was no line.

    Args:
        words: of the page, in points. found: of the strip, in points from its own corner.
    """
    sure = [word for word in found if is_sure(word)]
    if not found or 2 * sum(len(word.text) for word in sure) < sum(len(word.text) for word in found):
        return [*words]
    right, down = strip.x0 * scale, strip.y0 * scale
    base, size = found[0].base + down, found[0].size
    left = min(word.box.x0 for word in found) + right
    end = max(word.box.x1 for word in found) + right
    known = _known_lines(words)
    near = [word for word in words if word.box.x0 < end and word.box.x1 > left and word.line in known]
    block = min(near, key=lambda word: abs(word.base - base)).block if near else 0
    line = max((word.line for word in words), default=0) + 1
    own = [
        word._replace(
            box=Box(word.box.x0 + right, word.box.top + down, word.box.x1 + right, word.box.bottom + down),
            block=block,
            line=line,
            base=base,
        )
        for word in found
    ]
    kept = [word for word in words if word.line in known or not _within(word, left, base, end, size)]
    above = [place for place, word in enumerate(kept) if word.base < base and word in near]
    place = 1 + max(above, key=lambda place: (kept[place].base, place)) if above else 0
    while 0 < place < len(kept) and kept[place].line == kept[place - 1].line:
        place += 1
    return [*kept[:place], *own, *kept[place:]]


def _within(word: Word, left: float, base: float, right: float, size: float) -> bool:
    middle, centre = (word.box.top + word.box.bottom) / 2, (word.box.x0 + word.box.x1) / 2
    return left <= centre <= right and base - size <= middle <= base + size / 2
