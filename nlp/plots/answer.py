"""An answer: a tidy frame, its picture, and what must stand beside a picture so that it can be cited."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.errors import UsageError
from nlp.extras import need
from nlp.plots.palette import INK, QUIET

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("svg", "png", "html")
LINE = 120  # characters of a caption's line
SCALE = 2.0  # dots of a PNG a point
ROWS_SHOWN = 12
Draw = Callable[["pd.DataFrame"], Any]


@dataclass(frozen=True, repr=False)
class Answer:
    """What a question gives.

    Attributes:
        title: the question, answered in a line. caption: how to read the picture, and what was left out of it.
        source: what was counted, and the digest of the run. frame: tidy, one row a finding.
        draw: makes the picture (altair) of `shown`, without its title. shown: the rows of the frame that are drawn.
    """

    title: str
    caption: str
    source: str
    frame: pd.DataFrame
    draw: Draw
    shown: pd.DataFrame

    @property
    def chart(self) -> Any:
        """The picture as an altair chart, with title, caption, counts and run digest."""
        drawn = self.draw(self.shown) if len(self.shown) else _nothing()
        return _dressed(drawn, self.title, [*_lines(self.caption), *_lines(self.source)])

    def save(self, path: Path | str) -> Path:
        """Write the picture as ``.svg``, ``.png`` or ``.html``, or the frame as ``.csv`` or ``.parquet``; no network.

        Raises:
            UsageError: if the name ends otherwise.
        """
        path = Path(path)
        form = path.suffix.lower().removeprefix(".")
        if form not in FORMS:
            raise UsageError(path, "no such form", f"End the name in one of: {', '.join(FORMS)}")
        if form == "png":
            path.write_bytes(self.png())
        else:
            path.write_text(self.svg() if form == "svg" else self.html(), "utf-8")
        return path

    def png(self) -> bytes:
        """The picture, two dots a point."""
        picture: bytes = need("vl_convert").vegalite_to_png(self.spec(), scale=SCALE)
        return picture

    def svg(self) -> str:
        """The picture as SVG."""
        picture: str = need("vl_convert").vegalite_to_svg(self.spec())
        return picture

    def html(self) -> str:
        """A page that shows the picture and needs no network."""
        page: str = need("vl_convert").vegalite_to_html(self.spec(), bundle=True)
        return page

    def spec(self) -> dict[str, Any]:
        """The picture as Vega-Lite."""
        altair = need("altair")
        with altair.data_transformers.enable("default", max_rows=None):
            found: dict[str, Any] = self.chart.to_dict()
        return found

    def table(self, most: int = 50) -> Any:
        """The first rows of the frame as a table of great-tables, with title, caption and source.

        great-tables escapes what documents say.
        """
        tables = need("great_tables")
        made = tables.GT(self.frame.head(most)).tab_header(title=self.title, subtitle=self.caption)
        left = f" First {most:,} of {len(self.frame):,} rows." if len(self.frame) > most else ""
        return made.tab_source_note(f"{self.source}{left}")

    def __repr__(self) -> str:
        rows = self.frame.head(ROWS_SHOWN).to_string(index=False, max_colwidth=40)
        return f"{self.title}\n{self.caption}\n\n{rows}\n\n{len(self.frame):,} rows. {self.source}"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A PNG, which every notebook shows, also where scripts are taken away."""
        import struct
        from base64 import b64encode

        picture = self.png()
        wide, high = struct.unpack(">II", picture[16:24])
        size = {"width": round(wide / SCALE), "height": round(high / SCALE)}
        return {"text/plain": repr(self), "image/png": b64encode(picture).decode()}, {"image/png": size}


def _lines(text: str) -> list[str]:
    return textwrap.wrap(text, LINE)


def _nothing() -> Any:
    altair = need("altair")
    words = altair.Data(values=[{"text": "Nothing to draw: no row answers this."}])
    return (
        altair.Chart(words).mark_text(fontSize=12, color=QUIET).encode(text="text:N").properties(width=420, height=60)
    )


def _dressed(chart: Any, title: str, lines: list[str]) -> Any:
    altair = need("altair")
    heading = altair.TitleParams(
        text=textwrap.wrap(title, 80), subtitle=lines, anchor="start", fontSize=16, color=INK, subtitleFontSize=11,
        subtitleColor="#555555", offset=14, frame="bounds", subtitleLineHeight=15,
    )  # fmt: skip
    return (
        chart.properties(title=heading)
        .configure(background="white", padding=14)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=INK, titleFontWeight="normal", gridColor="#ececec", domainColor=QUIET
        )
        .configure_legend(orient="bottom", titleColor=INK, labelLimit=300)
    )


def shortened(text: str, most: int) -> str:
    """Return text of at most so many characters, on one line."""
    text = " ".join(str(text).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
