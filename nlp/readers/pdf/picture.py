"""Rules in the picture of a page, and the tables they make."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.readers.pdf.grids import Edge, Ruled, find_tables

DOTS = 110  # an inch, of pages that people look at
MOST_DOTS = 2_400  # of a side of such a page; larger pages are drawn coarser
_DARK = 140  # of 255; paler is paper
_LENGTH = 0.04  # of the picture's width: nothing shorter is a rule
_THICK = 0.006  # of the picture's width: nothing thicker is one
_NEAR = 6.0  # points by which ends of rules may miss each other
_LEANS = 3  # dots by which a rule of a crooked page may wander between neighbouring stretches
Mask = npt.NDArray[np.bool_]


def draw(page: Any, dots: float) -> Any:
    """A grey picture (PIL) of a page of PDFium's as people see it, with `dots` an inch."""
    return page.render(scale=dots / 72, grayscale=True).to_pil()


def draw_to_read(page: Any) -> Any:
    """A grey picture (PIL) of a page of PDFium's, large enough to be read, and of a bounded size."""
    return draw(page, min(DOTS, 72 * MOST_DOTS / max(*page.get_size(), 1.0)))


def find_rules(picture: bytes, scale: float) -> list[Ruled]:
    """Return the tables with rules in a picture (PNG), from top to bottom; `scale`: points a dot.

    Two columns and two rows are the least. Rules are dark runs; `find_tables` tells the cells from where they cross.
    """
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        dark = np.asarray(image.convert("L")) < _DARK
    length, thick = int(_LENGTH * dark.shape[1]), max(3, int(_THICK * dark.shape[1]))
    across = [_edge(x0, y0, x1, y1, True, scale) for x0, y0, x1, y1 in _runs(dark, length, thick)]
    down = [_edge(x0, y0, x1, y1, False, scale) for y0, x0, y1, x1 in _runs(dark.T, length, thick)]
    if len(across) < 2 or len(down) < 2:
        return []
    return [table for table in find_tables([*across, *down], _NEAR) if len(table.rows) > 1]


def _edge(x0: int, y0: int, x1: int, y1: int, across: bool, scale: float) -> Edge:
    if across:
        y0 = y1 = (y0 + y1) // 2
    else:
        x0 = x1 = (x0 + x1) // 2
    return Edge(x0 * scale, y0 * scale, x1 * scale, y1 * scale, across)


def _runs(dark: Mask, length: int, thick: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield x0, y0, x1, y1 of dark stretches along the rows, `length` dots long at least and `thick` at most."""
    if dark.shape[1] <= length:
        return
    total = np.cumsum(np.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    begins = total[:, length:] - total[:, :-length] >= 0.97 * length  # a scanner leaves specks in a rule
    open_runs: list[list[int]] = []  # x0, y0, x1, last y
    for y in np.flatnonzero(begins.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(np.pad(begins[y].astype(np.int8), 1)))
        for x0, x1 in zip(edges[::2].tolist(), (edges[1::2] + length - 1).tolist(), strict=True):
            near = next((r for r in open_runs if y - r[3] <= _LEANS and x0 <= r[2] and x1 >= r[0]), None)
            if near:
                near[0], near[2], near[3] = min(near[0], x0), max(near[2], x1), y
            else:
                open_runs.append([x0, y, x1, y])
        for done in [r for r in open_runs if y - r[3] > _LEANS]:
            open_runs.remove(done)
            if done[3] - done[1] <= thick:
                yield done[0], done[1], done[2], done[3]
    yield from ((x0, y0, x1, y1) for x0, y0, x1, y1 in open_runs if y1 - y0 <= thick)
