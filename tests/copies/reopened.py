"""What other programs find at the places of findings: LibreOffice in DOCX, pdfplumber in PDF, lxml in HTML."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import etree, html
from PIL import ImageOps
from pypdf import PdfReader

from tests.copies.planting import number_of

SOFFICE = shutil.which("soffice")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SAID = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def save_anew(paths: Sequence[Path], folder: Path, kind: str = "docx") -> None:
    """Let LibreOffice open documents and save them in another folder."""
    assert SOFFICE
    command = [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", kind, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def docx_ranges(data: bytes) -> dict[int, str]:
    """Text between the ends of each comment that speaks of a finding, by the finding's number."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        comments = etree.fromstring(archive.read("word/comments.xml"))
        root = etree.fromstring(archive.read("word/document.xml"))
    numbers = {}
    for comment in comments.iter(f"{W}comment"):
        number = number_of("".join(text.text or "" for text in comment.iter(f"{W}t")))
        if number is not None:
            numbers[comment.get(f"{W}id")] = number
    found: dict[int, str] = {}
    running: set[str] = set()
    for element in root.iter():
        identity = element.get(f"{W}id")
        if element.tag == f"{W}commentRangeStart" and identity in numbers:
            running.add(identity)
            found[numbers[identity]] = ""
        elif element.tag == f"{W}commentRangeEnd":
            running.discard(identity)
        elif running and not any(e.tag == f"{W}txbxContent" for e in element.iterancestors()):
            said = element.text or "" if element.tag == f"{W}t" else _SAID.get(element.tag, "")
            said = " " if element.tag == f"{W}p" else said
            for one in running:
                found[numbers[one]] += said
    return found


def docx_shaded(data: bytes) -> str:
    """All text in our shading, of every part."""
    said = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                for run in etree.fromstring(archive.read(name)).iter(f"{W}r"):
                    shade = run.find(f"{W}rPr/{W}shd")
                    if shade is not None and shade.get(f"{W}fill") == "FFF2CC":
                        said += [element.text or "" for element in run.iter(f"{W}t")]
    return "".join(said)


def pdf_marked(data: bytes) -> dict[int, str]:
    """Text in each highlight, by the numbers of the findings that its note speaks of, in the order of the pages."""
    import pdfplumber

    found: dict[int, str] = {}
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            letters = _letters(page)
            for annotation in page.annots:
                note = annotation["data"].get("Contents")
                numbers = [number_of(part) for part in _decoded(note).split("\n\n")] if note else []
                text = _within(annotation["data"], letters)
                for number in numbers:
                    if number is not None:
                        found[number] = found.get(number, "") + text
    return found


def pdf_recognised(data: bytes) -> dict[int, str]:
    """As `pdf_marked`, but what Tesseract reads in pictures of the highlights, drawn without them."""
    import pypdfium2

    found: dict[int, str] = {}
    reader = PdfReader(io.BytesIO(data))
    document = pypdfium2.PdfDocument(data)
    for number, page in enumerate(reader.pages):
        for annotation in (one.get_object() for one in page.get("/Annots", ())):
            numbers = [number_of(part) for part in str(annotation.get("/Contents", "")).split("\n\n")]
            corners = [float(value) for value in annotation.get("/QuadPoints", ())]
            said = " ".join(_read(document[number], corners[at : at + 8]) for at in range(0, len(corners), 8))
            found.update({one: f"{found.get(one, '')} {said}" for one in numbers if one is not None})
    document.close()
    return found


def _read(page: Any, corners: Sequence[float]) -> str:
    """What stands in a rectangle of a page, whichever way the page is turned."""
    scale, edge = 4.0, 2.0
    left, _, _, top = page.get_mediabox()
    turned = page.get_rotation()
    page.set_rotation(0)
    picture = page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil()
    page.set_rotation(turned)
    xs, ys = corners[::2], corners[1::2]
    sides = (min(xs) - left - edge, top - max(ys) - edge, max(xs) - left + edge, top - min(ys) + edge)
    cut = picture.crop([side * scale for side in sides]).rotate(-turned, expand=True)
    target = io.BytesIO()
    framed = ImageOps.expand(cut.convert("L"), 30, fill=255)
    framed.save(target, "PNG")
    command = ["tesseract", "stdin", "stdout", "-l", "eng+spa+por+fra", "--psm", "7"]
    return subprocess.run(command, input=target.getvalue(), capture_output=True, check=True).stdout.decode()


def _decoded(note: Any) -> str:
    if isinstance(note, bytes):
        return note.decode("utf-16" if note[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1")
    return str(note)


def _letters(page: Any) -> list[tuple[str, float, float]]:
    """Letters of a page with their middles, in the page's own coordinates."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LTChar
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    source = page.page_obj
    turned, source.rotate = source.rotate, 0
    box = source.cropbox = source.mediabox
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=None)
    PDFPageInterpreter(resources, device).process_page(source)
    source.rotate = turned
    found = []
    stack = [*reversed([*device.get_result()])]
    while stack:
        item = stack.pop()
        if isinstance(item, LTChar):
            found.append((item.get_text(), (item.x0 + item.x1) / 2 + box[0], (item.y0 + item.y1) / 2 + box[1]))
        elif hasattr(item, "__iter__"):
            stack += reversed([*item])
    return found


def _within(annotation: Any, letters: Sequence[tuple[str, float, float]]) -> str:
    corners = [float(value) for value in annotation["QuadPoints"]]
    said = ""
    for at in range(0, len(corners), 8):
        xs, ys = corners[at : at + 8 : 2], corners[at + 1 : at + 8 : 2]
        said += "".join(t for t, x, y in letters if min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys))
    return said


def html_marked(data: bytes) -> dict[int, str]:
    """Text of the marks from each finding's anchor to its number."""
    root = html.document_fromstring(data, html.HTMLParser(huge_tree=True, encoding="utf-8"))
    numbers = {}
    for note in root.xpath("//aside//li[starts-with(@id, 'evmap-note-')]"):
        number = number_of(note.text_content())
        if number is not None:
            numbers[note.get("id").removeprefix("evmap-note-")] = number
    found: dict[int, str] = {}
    running: set[str] = set()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            name = (element.get("id") or "").removeprefix("evmap-")
            if element.tag == "span" and name in numbers:
                running.add(name)
                found[numbers[name]] = ""
            elif element.tag == "mark" and element.get("class", "").startswith("evmap-m"):
                for one in running:
                    found[numbers[one]] += element.text or ""
            elif element.tag == "sup" and element.get("class") == "evmap-n":
                running.discard(element.text_content())
    return found


def bare(text: str) -> str:
    """A text without what readers leave out or put in: white space, hyphens, marks that nobody sees, ligatures."""
    from unicodedata import normalize

    return re.sub(
        r"[\s\u00ad\u200b-\u200f\u2010\u2011\ufeff\u202a-\u202e\u2060-\u2069\x00-\x1f-]+", "", normalize("NFKC", text)
    )
