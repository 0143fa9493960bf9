"""FORMATS: what other programs read of a run, and what can come back from them.

To add a format: a module here with ``write(source, path) -> files``, another with ``read(path, back) -> claims`` where
it can come back, and a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nlp.formats import (
    citing,
    crate,
    labelling,
    labelling_back,
    package,
    skos,
    sqlite,
    tables_back,
    web_annotation,
    web_annotation_back,
    workbook,
)
from nlp.formats.claims import Claim
from nlp.formats.source import Options, Source

__all__ = ["FORMATS", "Back", "Claim", "Format", "Options", "Source"]


@dataclass(frozen=True, slots=True)
class Back:
    """What helps to read what comes back.

    Attributes:
        named: file name -> document id, for files that name documents so.
        unchanged: whether labels that come back as they went out are a reader's own.
    """

    named: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """How a run goes out and comes back.

    Attributes:
        about: what it is and who reads it. write: makes the file or folder, returns the files.
        read: yields the claims of a file that came back, None where it is no matter of claims.
        suffix: usual end of its file's name, "" for a folder.
    """

    about: str
    write: Callable[[Source, Path], list[Path]]
    suffix: str = ""
    read: Callable[[Path, Back], Iterator[Claim]] | None = None


def _annotations(path: Path, back: Back) -> Iterator[Claim]:
    return web_annotation_back.read(path, back.named)


def _tool(name: str) -> Callable[[Path, Back], Iterator[Claim]]:
    return lambda path, back: labelling_back.read(path, name, back.unchanged)


def _tables(name: str) -> Callable[[Path, Back], Iterator[Claim]]:
    return lambda path, back: tables_back.read(path, name)


FORMATS: dict[str, Format] = {
    "web-annotation": Format(
        "W3C Web Annotation: one file (.jsonld), or a folder of pages", web_annotation.write, ".jsonld", _annotations
    ),
    "skos": Format("the codebook as SKOS: Turtle (.ttl) or JSON-LD (.jsonld)", skos.write, ".ttl"),
    "csv": Format("folder of CSV with a data package", package.write_csv, read=_tables("csv")),
    "parquet": Format("folder of Parquet with a data package", package.write_parquet, read=_tables("parquet")),
    "xlsx": Format("workbook, a sheet a table", workbook.write, ".xlsx"),
    "sqlite": Format("database for datasette, its metadata beside", sqlite.write, ".db", _tables("sqlite")),
    "label-studio": Format("passages to label", labelling.write_label_studio, ".json", _tool("label-studio")),
    "prodigy": Format("passages to label", labelling.write_prodigy, ".jsonl", _tool("prodigy")),
    "doccano": Format("passages to label", labelling.write_doccano, ".jsonl", _tool("doccano")),
    "bibtex": Format("documents that links cite", citing.write_bibtex, ".bib"),
    "csl": Format("documents that links cite", citing.write_csl, ".json"),
    "ro-crate": Format("the run as a research object; -o OUT lays its description into the run", crate.write),
}
