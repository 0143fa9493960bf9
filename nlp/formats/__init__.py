"""FORMATS: what other programs read of a run, and what can come back from them.

To add a format: a module here with ``write(source, path) -> files`` (and ``read`` where it can come back), and a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nlp.formats import package, skos, sqlite, web_annotation, workbook
from nlp.formats.source import Options, Source

__all__ = ["FORMATS", "Format", "Options", "Source"]


@dataclass(frozen=True, slots=True)
class Format:
    """How a run goes out and comes back.

    Attributes:
        about: what it is and who reads it. write: makes the file or folder, returns the files.
        folder: whether it is a folder.
    """

    about: str
    write: Callable[[Source, Path], list[Path]]
    folder: bool = False


FORMATS: dict[str, Format] = {
    "web-annotation": Format("W3C Web Annotation, JSON-LD: a file (.jsonld), or a folder of pages", web_annotation.write),
    "skos": Format("the codebook as SKOS: Turtle (.ttl) or JSON-LD (.jsonld)", skos.write),
    "csv": Format("folder of CSV files with a data package (frictionless)", package.write_csv, folder=True),
    "parquet": Format("folder of Parquet files with a data package", package.write_parquet, folder=True),
    "sqlite": Format("a database that datasette opens (.db), with its metadata beside", sqlite.write),
    "xlsx": Format("a workbook with a sheet a table", workbook.write),
}
