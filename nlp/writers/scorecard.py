"""What an evaluation found: `scores.json` whole, `labels.csv` a row a label, `plots.html` to look at."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp.cells import write_rows

SIDE, MARGIN = 260, 34
BAR, NAME, WIDTH = 15, 110, 340
LABEL_FIELDS = ("sheet", "system", "target", "required", "claimed", "precision", "recall", "f1")
STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24}
figure{display:inline-block;margin:0 2rem 2rem 0;vertical-align:top}figcaption{font-weight:600}
svg text{font-size:11px;fill:#444}.line{stroke:#0b5fa5;stroke-width:2;fill:none}.dot{fill:#0b5fa5}
.even{stroke:#999;stroke-dasharray:4 3}.bar{fill:#0b5fa5}.back{fill:#e8edf2}"""
Bins = Sequence[tuple[float, float, int]]


def write_scorecard(
    folder: Path, content: Any, labels: Iterable[tuple[str, str, Any]], curves: Mapping[str, Bins]
) -> list[Path]:
    """Write the three files into `folder` and return them.

    Args:
        content: all of it, ready for JSON. labels: (sheet, system, `LabelScore`).
        curves: reliability of each system: (mean probability, frequency, count) a bin.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("scores.json", "labels.csv", "plots.html")]
    paths[0].write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    rows = [(sheet, system, *(getattr(row, name) for name in LABEL_FIELDS[2:])) for sheet, system, row in labels]
    with paths[1].open("w", encoding="utf-8", newline="") as handle:
        write_rows(handle, [LABEL_FIELDS, *rows])
    paths[2].write_text(_page(rows, curves), "utf-8")
    return paths


def _page(rows: Sequence[tuple[Any, ...]], curves: Mapping[str, Bins]) -> str:
    first = dict.fromkeys((row[0], row[1]) for row in rows)
    bars = [_bars(*key, [row for row in rows if row[:2] == key and row[3]]) for key in first]
    figures = "".join([*(_reliability(name, bins) for name, bins in curves.items()), *bars])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Scores</title><style>{STYLE}</style>'
        "<h1>Scores</h1><p>Reliability: a system that says 0.7 should be right seven times in ten, so its dots "
        "should lie on the dashed line; numbers are label decisions a bin. Bars: F1 of each label that gold "
        f"requires.</p>{figures}"
    )


def _reliability(name: str, bins: Bins) -> str:
    def place(x: float, y: float) -> tuple[float, float]:
        """Where a point of the unit square lies on the picture."""
        return round(MARGIN + x * SIDE, 1), round(MARGIN + (1 - y) * SIDE, 1)

    points = [place(mean, share) for mean, share, _ in bins]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(
        f'<circle class="dot" cx="{x}" cy="{y}" r="3.5"/><text x="{x + 6}" y="{y + 12}">{count:,}</text>'
        for (x, y), (_, _, count) in zip(points, bins, strict=True)
    )
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    size = SIDE + 2 * MARGIN
    return _figure(
        f"{name}: reliability",
        f'<svg role="img" aria-label="reliability of {html.escape(name)}" width="{size + 30}" height="{size}">'
        f'<line class="even" x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"/><polyline class="line" points="{line}"/>{dots}'
        f'<text x="{x0}" y="{y0 + 24}">probability 0</text><text x="{x1 - 6}" y="{y0 + 24}">1</text>'
        f'<text x="2" y="{y1 + 4}">right</text></svg>',
    )


def _bars(sheet: str, system: str, rows: Sequence[tuple[Any, ...]]) -> str:
    parts = []
    for number, (_, _, target, required, _, _, _, f1) in enumerate(sorted(rows, key=lambda row: -row[-1])):
        y = number * BAR
        parts.append(
            f'<text x="0" y="{y + 11}">{target} ({required})</text>'
            f'<rect class="back" x="{NAME}" y="{y + 2}" width="{WIDTH - NAME - 40}" height="{BAR - 4}"/>'
            f'<rect class="bar" x="{NAME}" y="{y + 2}" width="{f1 * (WIDTH - NAME - 40):.1f}" height="{BAR - 4}"/>'
            f'<text x="{WIDTH - 34}" y="{y + 11}">{f1:.2f}</text>'
        )
    height = max(len(rows), 1) * BAR + 4
    svg = f'<svg role="img" aria-label="F1 of each label" width="{WIDTH}" height="{height}">{"".join(parts)}</svg>'
    return _figure(f"{sheet}: {system}", svg)


def _figure(title: str, svg: str) -> str:
    return f"<figure><figcaption>{html.escape(title)}</figcaption>{svg}</figure>"
