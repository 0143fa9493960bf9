"""BibTeX and CSL-JSON: the documents that links cite, to be cited in turn.

A document is a report with its symbol as number, its issuing body as author, and the hash of its bytes as a note.
Formats: BibTeX (biber reads UTF-8); CSL-JSON 1.0.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nlp.formats.making import making
from nlp.formats.source import Source, document_iri, shown
from nlp.program import Language, Program
from nlp.review.records import HOLDS
from nlp.writers.walk import Row

GENRES = {
    "program": "Program", "resolution": "Resolution", "declaration": "Declaration", "mandates": "Mandates",
    "report": "Report",
}  # fmt: skip
LANGUAGES = {"en": "english", "es": "spanish", "pt": "portuguese", "fr": "french"}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ESCAPES = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"}, "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "\\": "\\textbackslash{}",
}  # fmt: skip
_ODD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Cited:
    """A document to cite; `author` is a body's name, `number` its symbol; "" where unknown. `date`: ISO 8601 or ""."""

    key: str
    title: str
    author: str
    number: str
    date: str
    language: str
    genre: str
    document_id: str


def write_bibtex(source: Source, path: Path) -> list[Path]:
    """Write an entry for each document that a link cites.

    Raises:
        UsageError: if it cannot be written.
    """
    with making(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{_entry(cited)}\n" for cited in cited_documents(source))
    return [path]


def write_csl(source: Source, path: Path) -> list[Path]:
    """Write the same documents as CSL-JSON.

    Raises:
        UsageError: if it cannot be written.
    """
    with making(path) as draft:
        text = json.dumps([_csl(cited) for cited in cited_documents(source)], ensure_ascii=False, indent=1)
        draft.write_text(text + "\n", "utf-8")
    return [path]


def cited_documents(source: Source) -> Iterator[Cited]:
    """Yield the documents that a link cites, in the order of the run; a link that officers rejected cites none."""
    for found in source.found():
        if found.document and any(_cites(link) for link in found.links):
            yield _cited(found.document, source.program)


def _cites(link: Row) -> bool:
    return link.get("state") is None or link["state"] in (*HOLDS, "suggested")


def _cited(row: Row, program: Program) -> Cited:
    body = program.body_by_id.get(row.get("body") or "")
    language = row["language"] or ""
    author = _named(body.names, language) if body else ""
    name = _plain(row["symbol"] or PurePosixPath(shown(row["inputs"][0])).stem)
    return Cited(
        key=f"{_ODD.sub('-', name).strip('-').lower() or 'document'}-{row['document_id'][:8]}",
        title=_plain(row["title"] or PurePosixPath(shown(row["inputs"][0])).name),
        author=author,
        number=_plain(row["symbol"] or ""),
        date=row["date"] or "",
        language=language,
        genre=GENRES.get(row["kind"], "Document"),
        document_id=row["document_id"],
    )


def _named(names: Mapping[Language, str], language: str) -> str:
    found = {str(code): name for code, name in names.items()}
    return found.get(language) or found.get("en", "")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _entry(cited: Cited) -> str:
    year, month, _ = (*cited.date.split("-"), "", "", "")[:3]
    fields = {
        "title": f"{{{_escaped(cited.title)}}}",
        "author": f"{{{_escaped(cited.author)}}}" if cited.author else "",
        "institution": _escaped(cited.author),
        "number": _escaped(cited.number),
        "type": cited.genre,
        "year": year,
        "language": LANGUAGES.get(cited.language, ""),
        "note": f"sha256: {cited.document_id}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    lines += [f"  month = {MONTHS[int(month) - 1]},"] if month else []
    return "\n".join((f"@techreport{{{cited.key},", *lines, "}"))


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(mark, mark) for mark in text)


def _csl(cited: Cited) -> Row:
    parts: Iterable[str] = cited.date.split("-") if cited.date else ()
    fields: Row = {
        "id": cited.key,
        "type": "report",
        "title": cited.title,
        "author": [{"literal": cited.author}] if cited.author else None,
        "publisher": cited.author,
        "number": cited.number,
        "genre": cited.genre,
        "issued": {"date-parts": [[int(part) for part in parts]]} if cited.date else None,
        "language": cited.language,
        "note": document_iri(cited.document_id),
    }
    return {name: value for name, value in fields.items() if value}
