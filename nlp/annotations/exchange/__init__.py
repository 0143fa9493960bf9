"""FORMATS: the files that labelling tools and spreadsheets read and write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from nlp.annotations.exchange import doccano, label_studio, prodigy, sheets
from nlp.annotations.exchange.marks import Item, Marks, items, to_labels
from nlp.errors import AnnotationError
from nlp.program import Program

SAID = 200  # characters of a complaint: it must not spill the file
FAULTS = (ValueError, LookupError, TypeError, AttributeError, BadZipFile)  # what a foreign file breaks on
__all__ = ["FORMATS", "Item", "Marks", "items", "read_items", "to_labels", "write_items"]


@dataclass(frozen=True, slots=True)
class Format:
    """How a tool's file is written and read; `interface` sets the tool up, where it needs that."""

    write: Callable[[Sequence[Item], Program], str | bytes]
    read: Callable[[str], list[Item]] | None = None
    read_bytes: Callable[[bytes], list[Item]] | None = None
    interface: Callable[[Program], str] | None = None


FORMATS: dict[str, Format] = {
    "label-studio": Format(label_studio.write, label_studio.read, interface=label_studio.interface),
    "prodigy": Format(prodigy.write, prodigy.read),
    "doccano": Format(doccano.write, doccano.read),
    "csv": Format(sheets.write_csv, sheets.read_csv),
    "xlsx": Format(sheets.write_xlsx, read_bytes=sheets.read_xlsx),
}


def write_items(path: Path, name: str, found: Sequence[Item], program: Program) -> list[Path]:
    """Write items in the format `name`; return the files written (a tool's interface stands beside its tasks).

    Raises:
        OSError: if a file cannot be written.
    """
    form = FORMATS[name]
    content = form.write(found, program)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if not form.interface:
        return [path]
    beside = path.with_suffix(".interface.xml")
    beside.write_text(form.interface(program), "utf-8")
    return [path, beside]


def read_items(path: Path, name: str) -> list[Item]:
    """Return the items of a file in the format `name`.

    Raises:
        AnnotationError: if the file is missing, or not of that format.
    """
    form = FORMATS[name]
    try:
        content = path.read_bytes()
        return form.read_bytes(content) if form.read_bytes else form.read(content.decode()) if form.read else []
    except OSError as error:
        raise AnnotationError(path, (error.strerror or "cannot be read").lower()) from None
    except UnicodeDecodeError:
        raise AnnotationError(
            path, f"not a {name} file in UTF-8", "Name its format with -f; save CSV as UTF-8"
        ) from None
    except FAULTS as error:
        said = " ".join(str(error).split())[:SAID]
        raise AnnotationError(path, f"not a {name} file of ours: {said}", "Check the format and the columns") from None
