"""Rows 11 to 27: PDFs that are cut, knotted, swollen, locked, empty to the eye, or that ask for something."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable

import fixtures
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from torture.base import ADDRESS, FILLER, KILLED, PHRASE, READ, REFUSED, SECOND, UNSAID, Case

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
BOUNDED = (*READ, *REFUSED, *KILLED)


def raw(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a sound table of references; the first is the catalog."""
    pieces, places, place = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, value in enumerate(objects, 1):
        places.append(place)
        pieces.append(b"%d 0 obj\n%s\nendobj\n" % (number, value))
        place += len(pieces[-1])
    body = b"".join(pieces)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, len(body))
    return body + table + end


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def said(*lines: str) -> bytes:
    """Page content that says these lines, one below the other."""
    shown = b" ".join(b"(%s) Tj 0 -16 Td" % line.encode("latin-1") for line in lines)
    return b"BT /F1 11 Tf 60 700 Td %s ET" % shown


def page(box: str = "0 0 612 792", more: str = "", fonts: str = "/F1 5 0 R") -> bytes:
    """A page whose content is object 4."""
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << /Font << {fonts} >> {more} >> >>"
    ).encode()


def simple(content: bytes = b"", **changed: bytes) -> bytes:
    """A sound PDF of one page."""
    parts = {"catalog": CATALOG, "pages": PAGES, "page": page(), "content": stream(content or said(f"{PHRASE}."))}
    return raw([*{**parts, **changed}.values(), HELVETICA])


def many(count: int) -> bytes:
    """A PDF of `count` pages that share two contents."""
    kids = b" ".join(b"%d 0 R" % (6 + number) for number in range(count))
    leaf = page()
    fixed = [CATALOG, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), b"null", stream(said(f"{PHRASE}."))]
    return raw([*fixed, HELVETICA, *([leaf] * count)])


def _cut(share: float) -> Callable[[], bytes]:
    def make() -> bytes:
        """Ten pages, each with a sentence of its own, cut."""
        data = fixtures.paged_pdf([fixtures.say(f"Page {n}: {PHRASE}.", FILLER) for n in range(1, 11)])
        return data[: int(len(data) * share)]

    return make


def _headless(share: float) -> Callable[[], bytes]:
    def make() -> bytes:
        """A PDF with its page tree and trailer at the start, cut: it promises pages that are gone."""
        leaves, contents = [], []
        for number in range(10):
            leaf = page(fonts="/F1 3 0 R").replace(b"/Contents 4", b"/Contents %d" % (14 + number))
            leaves.append(leaf)
            contents.append(stream(said(f"Page {number + 1}: {PHRASE}.", FILLER[:60])))
        kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(10))
        tree = b"<< /Type /Pages /Kids [%s] /Count 10 >>" % kids
        data = raw([CATALOG, tree, HELVETICA, *leaves, *contents])
        data = data.replace(b"4 0 obj", b"trailer << /Root 1 0 R >>\n4 0 obj", 1)
        return data[: int(len(data) * share)]

    return make


def _no_xref() -> bytes:
    data = simple()
    return data[: data.rindex(b"xref\n0")] + b"trailer\n<< /Root 1 0 R >>\n%%EOF"


def _wrong_xref() -> bytes:
    data = simple()
    at = data.rindex(b"startxref\n") + 10
    return data[:at] + b"7\n%%EOF\n"


def _shifted_xref() -> bytes:
    return simple().replace(b"%PDF-1.7\n", b"%PDF-1.7\n" + b"% a line more\n" * 9, 1)


def _circular() -> bytes:
    data = simple()
    place = int(data[data.rindex(b"startxref\n") + 10 :].split()[0])
    return data.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Prev %010d " % place, 1)


def _own_form() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
    form += b"/Resources << /XObject << /X 6 0 R >> /Font << /F1 5 0 R >> >>"
    inner = said(f"{SECOND}.") + b" /X Do"
    parts = [CATALOG, PAGES, page(more="/XObject << /X 6 0 R >>"), stream(said(f"{PHRASE}.") + b" /X Do"), HELVETICA]
    return raw([*parts, stream(inner, form)])


def _nested(opening: bytes, closing: bytes) -> Callable[[], bytes]:
    return lambda: simple(catalog=CATALOG[:-2] + b"/Deep " + opening * 100_000 + b"1 " + closing * 100_000 + b" >>")


def blanks(size: int) -> bytes:
    """`size` NULs in zlib's format, written down instead of packed."""
    piece = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    unit = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = ((size % 65521) << 16 | 1).to_bytes(4, "big")
    return b"\x78\xda" + unit * (size // piece) + b"\x03\x00" + check


def _double() -> bytes:
    content = zlib.compress(zlib.compress(blanks(1 << 30), 9), 9)
    return simple(content=stream(content, b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"))


def _chain(name: str, times: int, encode: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    def make() -> bytes:
        """A content behind many filters of one kind."""
        data = said(f"{PHRASE}.")
        for _ in range(times):
            data = encode(data)
        return simple(content=stream(data, f"/Filter [{f'/{name} ' * times}]".encode()))

    return make


def _run_length() -> bytes:
    return simple(content=stream(b"\x81 " * 4_000_000 + b"\x80", b"/Filter /RunLengthDecode"))


def _picture(data: bytes, filters: bytes, side: int = 60_000) -> bytes:
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray " % (
        side,
        side,
    )
    parts = [
        CATALOG,
        PAGES,
        page(more="/XObject << /X 6 0 R >>"),
        stream(said(f"{PHRASE}.") + b" 9 0 0 9 0 0 cm /X Do"),
    ]
    return raw([*parts, HELVETICA, stream(data, entries + filters)])


def _jbig2() -> bytes:
    head = (0).to_bytes(4, "big") + b"\x30\x00\x01" + (19).to_bytes(4, "big")
    return _picture(head + b"\xff\xff\xff\xfe" * 2 + bytes(8) + b"\x00\x00\x00", b"/Filter /JBIG2Decode")


def locked(user: str, strength: int) -> bytes:
    """A PDF that its owner locked; readers open it without a word when `user` is empty."""
    target = io.BytesIO()
    lock = StandardEncryption(user, ownerPassword="lamp", canPrint=0, canCopy=0, strength=strength)
    canvas = Canvas(target, encrypt=lock)
    fixtures.say(f"{PHRASE}.")(canvas)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def aes() -> bytes:
    """AES of 256 bits with an empty user password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(simple())))
    writer.encrypt("", "lamp", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _asking() -> bytes:
    """Scripts, actions and files that nobody is to run, follow or unpack."""
    embedded = "<< /Type /Filespec /F (a.txt) /EF << /F 6 0 R >> >>"
    wishes = (
        f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{ADDRESS}/js'\\)) >>",
        "/AA << /WC << /S /Launch /F (/bin/touch) >>",
        f"/DS << /S /GoToR /F << /FS /URL /F ({ADDRESS}/remote) >> >> >>",
        f"/Names << /EmbeddedFiles << /Names [(a.txt) {embedded}] >> >>",
        "/AcroForm << /XFA 7 0 R /Fields [] >>",
    )
    catalog = CATALOG[:-2] + " ".join(wishes).encode() + b" >>"
    xfa = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{ADDRESS}/xfa'>]><xdp xmlns='http://ns.adobe.com/xdp/'>&e;</xdp>".encode()
    parts = [catalog, PAGES, page(), stream(said(f"{PHRASE}.")), HELVETICA]
    return raw([*parts, stream(f"{UNSAID}.".encode(), b"/Type /EmbeddedFile"), stream(xfa)])


def _far_map() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Far /Encoding /..#2F..#2F..#2Ftmp#2Fx /DescendantFonts [7 0 R] >>"
    )
    system = b"<< /Registry (../../x) /Ordering (../y) /Supplement 0 >>"
    own = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Far /CIDSystemInfo %s >>" % system
    parts = [
        CATALOG,
        PAGES,
        page(fonts="/F1 5 0 R /F2 6 0 R"),
        stream(said(f"{PHRASE}.") + b" BT /F2 9 Tf 60 600 Td (ab) Tj ET"),
    ]
    return raw([*parts, HELVETICA, font, own])


def _hex(data: bytes) -> bytes:
    return data.hex().encode() + b">"


def _packed(data: bytes) -> bytes:
    return zlib.compress(data, 1)


CASES = (
    *(Case(11, f"cut at {share:.0%}.pdf", _cut(share), ("partial", "corrupt")) for share in (0.1, 0.5, 0.99)),
    *(
        Case(11, f"cut leaves at {share:.0%}.pdf", _headless(share), ("partial", "no_text"))
        for share in (0.3, 0.6, 0.8)
    ),
    Case(12, "xref missing.pdf", _no_xref, READ, keeps=(PHRASE,)),
    Case(12, "xref elsewhere.pdf", _wrong_xref, READ, keeps=(PHRASE,)),
    Case(12, "xref shifted.pdf", _shifted_xref, READ, keeps=(PHRASE,)),
    Case(12, "xref in a circle.pdf", _circular, READ, keeps=(PHRASE,)),
    Case(
        13,
        "pages in pages.pdf",
        lambda: simple(pages=b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"),
        ("partial", "corrupt", "ok"),
    ),
    Case(13, "form in itself.pdf", _own_form, ("ok",), keeps=(PHRASE,)),
    Case(14, "arrays.pdf", _nested(b"[", b"]"), (*READ, "corrupt")),
    Case(14, "dictionaries.pdf", _nested(b"<< /A ", b">>"), (*READ, "corrupt")),
    Case(15, "twice packed.pdf", _double, BOUNDED),
    Case(16, "forty filters.pdf", _chain("ASCIIHexDecode", 12, _hex), BOUNDED),
    Case(16, "hundred filters.pdf", _chain("FlateDecode", 100, _packed), BOUNDED),
    Case(16, "runs.pdf", _run_length, BOUNDED),
    Case(16, "jbig2.pdf", _jbig2, READ, keeps=(PHRASE,)),
    Case(16, "endless picture.pdf", lambda: _picture(blanks(1 << 29), b"/Filter /FlateDecode"), READ, keeps=(PHRASE,)),
    Case(17, "locked.pdf", lambda: locked("oil", 128), ("encrypted",), "password"),
    Case(18, "owner only.pdf", lambda: locked("", 40), ("ok",), keeps=(PHRASE,)),
    Case(18, "owner only, 128.pdf", lambda: locked("", 128), ("ok",), keeps=(PHRASE,)),
    Case(18, "AES of 256 bits.pdf", aes, ("ok",), keeps=(PHRASE,)),
    Case(26, "asking.pdf", _asking, ("ok",), keeps=(PHRASE,)),
    Case(27, "far map.pdf", _far_map, READ, keeps=(PHRASE,)),
)
