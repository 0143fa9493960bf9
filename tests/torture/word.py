"""Rows 28 to 32: office packages that swell, lie, ask for something, or hide what they say."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable

import fixtures
from docx.oxml.ns import nsdecls

from torture.base import ADDRESS, PHRASE, READ, SECOND, UNSAID, Case

DOCUMENT = "word/document.xml"
NAMESPACE = nsdecls("w")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def body(*paragraphs: str, declaration: str = "") -> bytes:
    """A main part that says these paragraphs."""
    said = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return f"{declaration}<w:document {NAMESPACE}><w:body>{said}</w:body></w:document>".encode()


def package(parts: dict[str, bytes], main: str = DOCUMENT) -> bytes:
    """A Word package of these parts, with the relation that names the main one."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relation = f'<Relationship Id="r1" Type="{kind}" Target="{main}"/>'
    opening = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    types = b"<Types>application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml</Types>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", f"{opening}{relation}</Relationships>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def _related(**relations: str) -> bytes:
    """Relations of the main part to addresses outside."""
    opening = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = "".join(
        f'<Relationship Id="{kind}" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
        for kind, target in relations.items()
    )
    return f"{opening}{rows}</Relationships>".encode()


def _swollen() -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(DOCUMENT, "w", force_zip64=True) as part,
    ):
        for _ in range(520):
            part.write(b" " * 1_000_000)
    return target.getvalue()


def _crowded() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(DOCUMENT, body(f"{PHRASE}."))
        for number in range(10_001):
            archive.writestr(f"word/media/{number}", b"")
    return target.getvalue()


def _overlapping() -> bytes:
    """Entries of the directory that all point to the first one's bytes."""
    data = package({DOCUMENT: body(f"{PHRASE}."), "word/a.xml": b"<a/>", "word/b.xml": b"<a/>"})
    first = data.index(b"PK\x01\x02")
    places = [at for at in range(first, len(data) - 4) if data[at : at + 4] == b"PK\x01\x02"]
    changed = bytearray(data)
    for at in places:
        changed[at + 42 : at + 46] = bytes(4)
    return bytes(changed)


def _forged() -> bytes:
    """A part of 300 MB that says it has 2,000 bytes."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(DOCUMENT, "w") as part,
    ):
        part.write(body(f"{PHRASE}.").removesuffix(b"</w:body></w:document>"))
        for _ in range(300):
            part.write(b" " * 1_000_000)
        part.write(b"</w:body></w:document>")
    data = bytearray(target.getvalue())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2_000)
    return bytes(data)


def _twice() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(DOCUMENT, body(f"{UNSAID}."))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr(DOCUMENT, body(f"{PHRASE}."))
    return target.getvalue()


ENTITY = "<!DOCTYPE w [<!ENTITY e 'swallowed'>]>"
LAUGHS = "<!DOCTYPE w [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip
OUTSIDE = f"<!DOCTYPE w [<!ENTITY e SYSTEM '{ADDRESS}/entity'>]>"


def _entity(declaration: str, name: str, encoding: str = "utf-8", part: str = DOCUMENT) -> Callable[[], bytes]:
    xml = body(f"{PHRASE}. &{name}; {SECOND}.", declaration=declaration).decode().encode(encoding)
    return lambda: package({part: xml}, part)


def _remote() -> bytes:
    main = body(f"{PHRASE}.").replace(
        b"</w:body>",
        b'<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:v" xmlns:r="urn:r" r:id="image"/></w:pict></w:r></w:p></w:body>',
    )
    relations = _related(attachedTemplate=f"{ADDRESS}/t.dotm", image=f"{ADDRESS}/i.png", styles=f"{ADDRESS}/s.xml")
    return package({DOCUMENT: main, "word/_rels/document.xml.rels": relations})


def _hidden(document: object) -> None:
    """Deleted text, a comment, a text box and a table in a table."""
    paragraph = document.add_paragraph("Kept. ")
    paragraph._p.append(fixtures.running("w:del", "w:delText", f"{UNSAID}."))
    paragraph._p.append(fixtures.running("w:ins", "w:t", f"{SECOND}."))
    fixtures.add_text_box(document.add_paragraph(""), "Said in a box.")
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Outer cell."
    cell.add_table(1, 1).cell(0, 0).text = "Inner cell."


def _deep(depth: int) -> bytes:
    opening, closing = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    inner = f"<w:p><w:r><w:t>{SECOND}.</w:t></w:r></w:p>"
    nested = opening * depth + inner + closing * depth
    main = body(f"{PHRASE}.").replace(b"</w:body>", nested.encode() + b"</w:body>")
    return package({DOCUMENT: main})


def _long() -> str:
    """12 MB of words that do not pack too well."""
    chance = random.Random(5)
    words = [f"{chance.randrange(10**9)}" for _ in range(50_000)]
    return " ".join(chance.choices(words, k=1_200_000))


CASES = (
    Case(28, "swollen.docx", _swollen, ("too_large",), "unpacks"),
    Case(28, "crowded.docx", _crowded, ("too_large",), "parts"),
    Case(28, "overlapping.docx", _overlapping, ("corrupt",)),
    Case(28, "forged.docx", _forged, ("corrupt", "too_large")),
    Case(29, "entity.docx", _entity(ENTITY, "e"), ("corrupt",), "DOCTYPE"),
    Case(29, "laughs.docx", _entity(LAUGHS, "j"), ("corrupt",), "DOCTYPE"),
    Case(29, "outside.docx", _entity(OUTSIDE, "e"), ("corrupt",), "DOCTYPE"),
    Case(29, "wide entity.docx", _entity(ENTITY, "e", "utf-16"), ("corrupt",), "DOCTYPE"),
    Case(29, "wider entity.docx", _entity(ENTITY, "e", "utf-32"), ("corrupt",)),
    Case(29, "unnamed entity.docx", _entity(ENTITY, "e", part="word/main.bin"), ("corrupt",), "DOCTYPE"),
    Case(29, "remote.docx", _remote, ("ok",), keeps=(PHRASE,)),
    Case(
        30,
        "one long text.docx",
        lambda: package({DOCUMENT: body(f"{PHRASE}. {_long()}")}),
        ("partial", "too_large"),
        "60000 characters",
        keeps=(PHRASE,),
        tight=True,
    ),
    Case(31, "no main part.docx", lambda: package({"word/other.xml": b"<a/>"}), ("corrupt",)),
    Case(31, "twice.docx", _twice, ("ok", "corrupt"), keeps=()),
    Case(
        31,
        "climbing.docx",
        lambda: package({"../../etc/x": UNSAID.encode(), DOCUMENT: body(f"{PHRASE}.")}),
        ("ok",),
        keeps=(PHRASE,),
    ),
    Case(
        31,
        "climbing main.docx",
        lambda: package({DOCUMENT: body(f"{PHRASE}.")}, "../../../../etc/hostname"),
        ("ok", "corrupt"),
    ),
    Case(
        31, "locked.docx", lambda: OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le"), ("encrypted",), "password"
    ),
    Case(31, "old.docx", lambda: OLE + bytes(504) + b"old sheet" * 99, ("unsupported",)),
    Case(
        32,
        "hidden.docx",
        lambda: fixtures.word_file(_hidden),
        ("ok",),
        keeps=(SECOND, "Said in a box.", "Outer cell.", "Inner cell."),
        once=("Said in a box.",),
    ),
    Case(32, "80 tables deep.docx", lambda: _deep(80), ("ok",), keeps=(PHRASE, SECOND)),
    Case(32, "600 tables deep.docx", lambda: _deep(600), (*READ, "corrupt")),
    Case(32, "1,000 tables deep.docx", lambda: _deep(1_000), (*READ, "corrupt")),
    Case(32, "100,000 tables deep.docx", lambda: _deep(100_000), ("corrupt", "too_large")),
)
