"""Pages without a text layer, read by Tesseract where it is installed: words with their boxes and confidence.

Tesseract runs as a program of its own, one page a time on each core. It is told the page's language: that of the
document's other pages, else the one that a first reading in all four languages shows.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

from nlp.language import detect
from nlp.readers.lines import Line, around
from nlp.readers.pulse import beat
from nlp.records import Box
from nlp.settings import Settings

PROGRAM = "tesseract"
PACKS = {"en": "eng", "es": "spa", "pt": "por", "fr": "fra"}
INSTALL = "install text recognition: apt-get install tesseract-ocr " + " ".join(
    f"tesseract-ocr-{pack}" for pack in PACKS.values()
)
DOTS = 300  # an inch, of the picture that is read
MOST_DOTS = 6_000  # of a side; larger pages are read at less
PAGE_SECONDS = 120.0
UNSURE = 60.0  # of 100; words below are counted as read with little confidence
LARGER = 1.17  # than the page's usual line, to be taken for larger type: heights of single lines vary
BULLET, DOT = "•", 0.6  # a bullet's height is less than this of the words' in its line
ENOUGH_LETTERS = 200  # to trust the language of a page


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was recognised on a page.

    Attributes:
        lines: in reading order, boxes in points of the page as shown. words, unsure: how many, and how many of them
            with little confidence. fault: why the page could not be read, None when it was.
    """

    lines: tuple[Line, ...] = ()
    words: int = 0
    unsure: int = 0
    fault: str | None = None


@functools.cache
def languages() -> tuple[str, ...]:
    """The languages of ours that Tesseract has here; none where it is not installed."""
    if shutil.which(PROGRAM) is None:
        return ()
    said = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, text=True, check=False, timeout=60)
    known = set(said.stdout.split())
    return tuple(code for code, pack in PACKS.items() if pack in known)


def recognise(pages: Sequence[tuple[int, Any]], language: str | None, settings: Settings) -> dict[int, Scanned]:
    """Read page pictures; return what stands on each, by number, of those that the time allowed.

    Args:
        pages: number and picture of each page: a function that returns (PNG bytes, dots an inch).
        language: of the document's other pages, None if unknown.
    """
    found: dict[int, Scanned] = {}
    end = time.monotonic() + settings.ocr_seconds
    here = languages()
    for number, picture in pages[:1]:
        drawn = picture()
        found[number] = _page(drawn, _packs([language] if language in here else here))
        beat()
        own = _language(found[number], language)
        if own != language and own in here:
            found[number] = _page(drawn, _packs([own]))
        language = own if own in here else here[0]
    cores = os.cpu_count() or 1
    rest = pages[1:]
    with ThreadPoolExecutor(cores) as pool:
        for start in range(0, len(rest), cores):
            if time.monotonic() > end:
                break
            part = [(number, picture()) for number, picture in rest[start : start + cores]]  # PDFium draws alone
            read = functools.partial(_in_its_language, language)
            for (number, _), scanned in zip(part, pool.map(read, (drawn for _, drawn in part)), strict=True):
                found[number] = scanned
            beat()
    return found


def _in_its_language(language: str | None, drawn: tuple[bytes, float]) -> Scanned:
    """Read in the language of the page before; once more in its own if that is another."""
    scanned = _page(drawn, _packs([language] if language else languages()))
    own = _language(scanned, language)
    return _page(drawn, _packs([own])) if own != language and own in languages() else scanned


def _language(scanned: Scanned, default: str | None) -> str | None:
    text = " ".join(line.text for line in scanned.lines)
    enough = sum(map(str.isalpha, text)) >= ENOUGH_LETTERS
    return detect(text, default or "en") if enough else default


def _packs(codes: Iterable[str | None]) -> str:
    return "+".join(PACKS[code] for code in codes if code)


def _page(drawn: tuple[bytes, float], packs: str) -> Scanned:
    picture, dots = drawn
    command = [PROGRAM, "stdin", "stdout", "-l", packs, "--psm", "3", "--dpi", str(round(dots)), "tsv"]
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            check=False,
            timeout=PAGE_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return Scanned(fault=f"text recognition took more than {PAGE_SECONDS:g} seconds")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return Scanned(fault=f"text recognition failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return read_table(done.stdout.decode("utf-8", "replace"), 72 / dots)


def read_table(table: str, scale: float) -> Scanned:
    """Return the lines of Tesseract's table of words (TSV); `scale` turns its dots into points."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row.get("level") == "5" and (row.get("text") or "").strip() and not _speck(row)]
    lines = [_line(list(own), scale) for _, own in groupby(words, key=_place)]
    usual = median(line.size for line in lines) if lines else 0.0
    rights: dict[int, float] = {}
    for line in lines:
        rights[line.column] = max(rights.get(line.column, 0.0), line.box.x1)
    settled = tuple(
        line._replace(size=line.size if line.size > LARGER * usual else usual, right=rights[line.column])
        for line in lines
    )
    return Scanned(settled, len(words), sum(float(word["conf"]) < UNSURE for word in words))


def _speck(word: Mapping[str, str]) -> bool:
    """Whether a word is dirt on the glass: signs without a letter or digit that were read with little confidence."""
    return float(word["conf"]) < UNSURE and not any(map(str.isalnum, word["text"]))


def _place(word: Mapping[str, str]) -> tuple[str, str, str]:
    return word["block_num"], word["par_num"], word["line_num"]


def _line(words: Sequence[Mapping[str, str]], scale: float) -> Line:
    boxes = list(_boxes(words, scale))
    texts = [word["text"].strip() for word in words]
    if len(words) > 1 and len(texts[0]) == 1 and _is_dot(boxes):
        texts[0] = BULLET
    sure = sum(float(word["conf"]) * len(word["text"]) for word in words) / sum(len(word["text"]) for word in words)
    return Line(
        " ".join(texts),
        around(boxes),
        sorted(box.bottom - box.top for box in boxes)[3 * len(boxes) // 4],  # most lines have some tall letters
        bold=False,
        column=int(words[0]["block_num"]),
        confidence=round(sure / 100, 3),
    )


def _is_dot(boxes: Sequence[Box]) -> bool:
    """Whether the first box is so low that it holds a bullet, which is often taken for a letter: e, o, or a sign."""
    first, *rest = (box.bottom - box.top for box in boxes)
    return first < DOT * median(rest)


def _boxes(words: Iterable[Mapping[str, str]], scale: float) -> Iterator[Box]:
    for word in words:
        left, top, width, height = (float(word[name]) for name in ("left", "top", "width", "height"))
        yield Box(left * scale, top * scale, (left + width) * scale, (top + height) * scale)
