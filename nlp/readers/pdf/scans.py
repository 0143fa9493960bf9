"""Pages without a text layer, read by Tesseract where it is installed: words with their boxes and confidence.

Tesseract runs as a program of its own, one page a time on each core. It is told the page's language: that of the
document's other pages, else the one that a first reading in all four languages shows.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nlp.language import detect
from nlp.readers.pdf.picture import find_rules
from nlp.readers.pdf.recognised import Scanned, laid_out, words_of
from nlp.readers.pdf.unread import strips, with_strip
from nlp.readers.pulse import beat
from nlp.settings import Settings

PROGRAM = "tesseract"
PACKS = {"en": "eng", "es": "spa", "pt": "por", "fr": "fra"}
INSTALL = "install text recognition: apt-get install tesseract-ocr " + " ".join(
    f"tesseract-ocr-{pack}" for pack in PACKS.values()
)
PAGE, LINE = "3", "7"  # how Tesseract looks at a picture: for all that is on a page, or for one line
DOTS = 300  # an inch, of the picture that is read
ENOUGH_LETTERS = 200  # to trust the language of a page


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
    language = language if language in here else None
    for number, picture in pages[:1]:
        found[number] = _in_its_language(settings.ocr_page_seconds, language, picture())
        beat()
        language = _language(found[number], language)
        language = language if language in here else here[0]
    cores = os.cpu_count() or 1
    rest = pages[1:]
    with ThreadPoolExecutor(cores) as pool:
        for start in range(0, len(rest), cores):
            if time.monotonic() > end:
                break
            part = [(number, picture()) for number, picture in rest[start : start + cores]]  # PDFium draws alone
            read = functools.partial(_in_its_language, settings.ocr_page_seconds, language)
            for (number, _), scanned in zip(part, pool.map(read, (drawn for _, drawn in part)), strict=True):
                found[number] = scanned
            beat()
    return found


def _in_its_language(seconds: float, language: str | None, drawn: tuple[bytes, float]) -> Scanned:
    """Read in the language of the page before, all where None; once more in its own if that is another."""
    scanned = _page(drawn, _packs([language] if language else languages()), seconds)
    own = _language(scanned, language)
    return _page(drawn, _packs([own]), seconds) if own != language and own in languages() else scanned


def _language(scanned: Scanned, default: str | None) -> str | None:
    text = " ".join(line.text for line in scanned.lines)
    enough = sum(map(str.isalpha, text)) >= ENOUGH_LETTERS
    return detect(text, default or "en") if enough else default


def _packs(codes: Iterable[str | None]) -> str:
    return "+".join(PACKS[code] for code in codes if code)


class _Unreadable(Exception):
    """Tesseract did not say what stands in a picture."""


def _page(drawn: tuple[bytes, float], packs: str, seconds: float) -> Scanned:
    picture, dots = drawn
    scale, end = 72 / dots, time.monotonic() + seconds
    try:
        words = words_of(_told(picture, packs, PAGE, dots, seconds), scale)
    except _Unreadable as why:
        return Scanned(fault=str(why))
    with contextlib.suppress(_Unreadable):  # then the page is what it was without them
        for strip in strips(picture, words, scale):
            told = _told(strip.picture, packs, LINE, dots, max(end - time.monotonic(), 0.1))
            words = with_strip(words, words_of(told, scale), scale, strip)
    return laid_out(words, find_rules(picture, scale))


def _told(picture: bytes, packs: str, layout: str, dots: float, seconds: float) -> bytes:
    """What Tesseract tells of a picture, as hOCR."""
    command = [PROGRAM, "stdin", "stdout", "-l", packs, "--psm", layout, "--dpi", str(round(dots)), "hocr"]
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            check=False,
            timeout=seconds,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        raise _Unreadable(f"text recognition took more than {seconds:g} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _Unreadable(f"text recognition failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout
