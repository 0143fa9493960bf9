"""The EXTRACTORS table: other libraries, used as their own documentation shows first, on the same files as ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OURS = "evmap"
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Extractor:
    """A library that reads a kind of file.

    Attributes:
        package: what must be installed. suffixes: of the files it reads.
        text: what it makes of a file. rows: the rows of all tables it finds, None if it looks for none.
    """

    package: str
    suffixes: tuple[str, ...]
    text: Callable[[Path], str]
    rows: Callable[[Path], list[Row]] | None = None

    @property
    def here(self) -> bool:
        """Whether it is installed."""
        return find_spec(self.package) is not None


def _pdfplumber_text(path: Path) -> str:
    import pdfplumber

    texts = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            texts.append(page.extract_text() or "")
            page.close()
    return "\n".join(texts)


def _pdfplumber_rows(path: Path) -> list[Row]:
    import pdfplumber

    rows: list[Row] = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            rows += [[cell or "" for cell in row] for table in page.extract_tables() for row in table]
            page.close()
    return rows


def _pypdf_text(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _pdfium_text(path: Path) -> str:
    from contextlib import closing

    import pypdfium2

    texts = []
    with closing(pypdfium2.PdfDocument(path)) as document:
        for page in document:
            with closing(page.get_textpage()) as text_page:
                texts.append(text_page.get_text_range())
            page.close()
    return "\n".join(texts)


def _docx_text(path: Path) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)


def _docx_rows(path: Path) -> list[Row]:
    from docx import Document

    return [[cell.text for cell in row.cells] for table in Document(str(path)).tables for row in table.rows]


def _trafilatura_text(path: Path) -> str:
    import trafilatura

    return trafilatura.extract(path.read_bytes(), favor_recall=True) or ""


def _plain_text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def _striprtf_text(path: Path) -> str:
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(  # type: ignore[no-untyped-call]
        path.read_bytes().decode("cp1252", errors="replace"), errors="ignore"
    )
    return text


EXTRACTORS: dict[str, Extractor] = {
    "pdfplumber": Extractor("pdfplumber", (".pdf",), _pdfplumber_text, _pdfplumber_rows),
    "pypdf": Extractor("pypdf", (".pdf",), _pypdf_text),
    "pypdfium2": Extractor("pypdfium2", (".pdf",), _pdfium_text),
    "python-docx": Extractor("docx", (".docx",), _docx_text, _docx_rows),
    "trafilatura": Extractor("trafilatura", (".html", ".htm"), _trafilatura_text),
    "read as UTF-8": Extractor("pathlib", (".txt", ".md"), _plain_text),
    "striprtf": Extractor("striprtf", (".rtf",), _striprtf_text),
}
