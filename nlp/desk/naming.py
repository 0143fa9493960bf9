"""Names of files as people may see them: no path, nothing that turns text around or cannot be seen."""

from __future__ import annotations

import unicodedata

LONGEST = 120
NAMELESS = "report"


def shown(name: str) -> str:
    """Return a file's name for display; it never leads to a file."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        " " if mark.isspace() else mark for mark in last if unicodedata.category(mark)[0] != "C" or mark.isspace()
    )
    plain = " ".join(seen.encode("utf-8", "replace").decode().split()).strip(". ")
    if len(plain) <= LONGEST:
        return plain or NAMELESS
    stem, _, suffix = plain.rpartition(".")
    return f"{stem[: LONGEST - 10]}….{suffix}" if stem and len(suffix) < 8 else f"{plain[: LONGEST - 1]}…"
