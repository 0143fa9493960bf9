"""Pictures of a PDF's pages as people see them."""

from __future__ import annotations

import base64
import io
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.readers import load
from nlp.readers.pdf.picture import draw_to_read
from nlp.settings import Settings


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey picture of a page (number from 1) that is `width` by `height` points large; `uri` holds its bytes."""

    page: int
    width: float
    height: float
    uri: str


def page_pictures(path: Path, settings: Settings, most: int) -> list[Picture]:
    """Draw the first `most` pages of a PDF; a page that cannot be drawn is left out.

    Raises:
        UnreadableDocument: if the file cannot be read. pypdfium2.PdfiumError: if it is no PDF that can be opened.
    """
    import pypdfium2

    pictures = []
    with closing(pypdfium2.PdfDocument(load(path, settings))) as document:
        for index in range(min(len(document), settings.max_pages, most)):
            with suppress(pypdfium2.PdfiumError):
                pictures.append(_picture(document, index))
    return pictures


def _picture(document: Any, index: int) -> Picture:
    with closing(document[index]) as page:
        width, height = page.get_size()
        return Picture(index + 1, width, height, _uri(draw_to_read(page)))


def _uri(drawn: Any) -> str:
    """The picture in the format that takes less room: pages of text are smaller as PNG, scans as JPEG."""
    packed = []
    for kind, options in (("png", {"optimize": True}), ("jpeg", {"quality": 70})):
        target = io.BytesIO()
        drawn.save(target, kind, **options)
        packed.append((kind, target.getvalue()))
    kind, data = min(packed, key=lambda pair: len(pair[1]))
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
