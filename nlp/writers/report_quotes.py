"""What report pages say of a quote: who is named in its passage, and the text around it."""

from __future__ import annotations

from nlp.program import LANGUAGES, Body, Program
from nlp.writers.walk import Row

CONTEXT = 700  # characters kept on either side of the quotes of a passage


def name_of(row: Row) -> tuple[str, str]:
    """Implementer of a passage row: (codebook id, ""), or ("", name as it stands), or ("", "") when none is named."""
    implementer = row.get("implementer") or ""
    return implementer, "" if implementer else (row.get("implementer_text") or "").strip()


class Names:
    """Numbers the implementers that passages name, in order of appearance; 0 stands for none named."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.table: list[Row] = [{"key": "", "name": "", "names": None}]
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}

    def number(self, implementer: str, text: str) -> int:
        """Number of the implementer with this codebook id, or of the name as it stands in the text."""
        key = (implementer, text)
        if key not in self._numbers:
            self._numbers[key] = len(self.table)
            body = self.program.body_by_id.get(implementer)
            entry = {"key": implementer or f"~{text}", "name": implementer or text, "names": _names(body)}
            self.table.append(entry)
        return self._numbers[key]


def _names(body: Body | None) -> Row | None:
    if body is None:
        return None
    acronyms = {code: (body.acronyms.get(code) or [""])[0] for code in LANGUAGES}
    return {code: [acronyms[code], body.names.get(code, body.id)] for code in LANGUAGES}


def context(text: str, passage: Row, links: list[Row], around: int = CONTEXT) -> Row:
    """The text around the quotes of a passage, at most `around` characters on either side, never beyond it."""
    first, last = min(link["start"] for link in links), max(link["end"] for link in links)
    start = max(min(passage.get("start", first), first), first - around)
    end = min(max(passage.get("end", last), last), last + around)
    faithful = all(text[link["start"] : link["end"]] == link["quote"] for link in links)
    body = text[start:end] if faithful else _patchwork(start, end, links)
    place = {"start": start, "text": body, "section": passage.get("section") or [], "page": passage.get("page")}
    clipped = [start > passage.get("start", start), end < passage.get("end", end)]
    named = {name: passage.get(name) or "" for name in ("reference", "number", "lead_in")}
    return place | named | {"who": passage.get("implementer_text") or "", "clipped": clipped}


def _patchwork(start: int, end: int, links: list[Row]) -> str:
    """The quotes at their places and blanks between them: what is known when the text file is gone."""
    body = [" "] * (end - start)
    for link in links:
        place = slice(link["start"] - start, link["end"] - start)
        body[place] = link["quote"][: link["end"] - link["start"]].ljust(link["end"] - link["start"])
    return "".join(body)
