"""The coordinates of a page: its own, and those of the page as people see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Sides
from nlp.records import Box


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns a page's own coordinates into points from the upper left corner of the page turned by `rotation`.

    Attributes:
        left, bottom, right, top: sides of the page in its own coordinates.
        rotation: degrees clockwise, one of 0, 90, 180, 270.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, page: Any) -> Frame:
        """The frame in which people see one of PDFium's pages."""
        return cls(*calls.page_box(page), 90 * (calls.rotation_of(page) % 4))

    def turned(self, rotation: int) -> Frame:
        """The frame of the same page under another rotation."""
        return replace(self, rotation=rotation)

    @property
    def height(self) -> float:
        """Height of the turned page."""
        height: float = self.right - self.left if self.rotation in {90, 270} else self.top - self.bottom
        return height

    def shows_all(self, boxes: Sequence[Sides]) -> bool:
        """Whether some of each of the boxes lies on the page."""
        across, down = self.right - self.left, self.top - self.bottom
        if self.rotation in {90, 270}:
            across, down = down, across
        if across <= 0 or down <= 0:  # a page that says it has no size, or is given upside down
            return True
        shown = [1 for x0, top, x1, bottom in boxes if x1 >= 0 and x0 <= across and bottom >= 0 and top <= down]
        return len(shown) == len(boxes)

    def place(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Return x0, top, x1, bottom of a rectangle given by two corners, y upwards."""
        (ax, ay), (bx, by) = self._point(x0, y0), self._point(x1, y1)
        if bx < ax:
            ax, bx = bx, ax
        return (ax, by, bx, ay) if by < ay else (ax, ay, bx, by)

    def placed(self, boxes: Iterable[Sides]) -> list[Sides]:
        """Return x0, top, x1, bottom of rectangles given by left, top, right, bottom, y upwards."""
        if self.rotation:
            return [self.place(x0, y0, x1, y1) for x0, y1, x1, y0 in boxes]
        left, top = self.left, self.top
        return [(x0 - left, top - y1, x1 - left, top - y0) for x0, y1, x1, y0 in boxes]

    def columns(
        self, lefts: Sequence[float], tops: Sequence[float], rights: Sequence[float], bottoms: Sequence[float]
    ) -> Iterable[Sequence[float]]:
        """As `placed`, by columns."""
        if self.rotation:
            return zip(*self.placed(zip(lefts, tops, rights, bottoms, strict=True)), strict=True)
        left, top = self.left, self.top
        across = ([x - left for x in xs] if left else xs for xs in (lefts, rights))
        down = ([top - y for y in ys] for ys in (tops, bottoms))
        return next(across), next(down), next(across), next(down)

    def moved(self, box: Box, other: Frame) -> Box:
        """Return the box of this frame in `other`, a frame of the same page."""
        if self.rotation == other.rotation:
            return box
        return Box(*other.place(*self._origin(box.x0, box.top), *self._origin(box.x1, box.bottom)))

    def unplaced(self, box: Box) -> Sides:
        """Return left, bottom, right, top of a box in the page's own coordinates, y upwards."""
        (ax, ay), (bx, by) = self._origin(box.x0, box.top), self._origin(box.x1, box.bottom)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        if not self.rotation:
            return x - self.left, self.top - y
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def _origin(self, x: float, top: float) -> tuple[float, float]:
        if self.rotation == 90:
            return top + self.left, x + self.bottom
        if self.rotation == 180:
            return self.right - x, top + self.bottom
        if self.rotation == 270:
            return self.right - top, self.top - x
        return x + self.left, self.top - top
