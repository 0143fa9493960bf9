"""A scanned page is set with one kind of apostrophe: ’ where some were read, though Tesseract takes many for '."""

import io

import pytest
from reportlab.pdfgen import canvas
from test_readers import needs_tesseract

from nlp.bench.scanning import scan_of
from nlp.readers import read_bytes
from nlp.readers.pdf.recognised import Word, laid_out
from nlp.records import Box
from nlp.settings import Settings

LINES = (
    "L’atelier de réparation n’ouvre qu’à midi, dit l’affiche du port.",
    "D’ordinaire, l’équipe n’attend pas qu’un bateau s’abîme tout à fait.",
    "Aujourd’hui, l’un d’eux n’est pas rentré, et l’on s’inquiète un peu.",
    "Jusqu’en août, l’abri d’hiver reste fermé : c’est l’usage du village.",
)
SIGNS = "".join(LINES).count("’")


def scan(sign: str, font: str) -> bytes:
    """The lines with this apostrophe, as a scan of 200 dots an inch."""
    target = io.BytesIO()
    page = canvas.Canvas(target, pagesize=(595, 842))
    page.setFont(font, 11)
    for number, line in enumerate(LINES * 2):
        page.drawString(70, 760 - 16 * number, line.replace("’", sign))
    page.save()
    return scan_of(target.getvalue(), 200)


@needs_tesseract
@pytest.mark.parametrize("font", ["Helvetica", "Courier"])
@pytest.mark.parametrize("sign", ["'", "’"])
def test_apostrophes_of_a_scan_are_those_of_its_page(sign: str, font: str):
    text = read_bytes(scan(sign, font), "page.pdf", Settings.load()).text
    other = "’" if sign == "'" else "'"
    assert text.count(other) == 0 and text.count(sign) >= 2 * SIGNS - 1, text


def words(*texts: str) -> list[Word]:
    """Words side by side."""
    return [Word(text, Box(50 * n, 10, 50 * n + 45, 20), 90.0, 1, 1, 11.0, 18.0) for n, text in enumerate(texts)]


def said(*texts: str) -> str:
    return " ".join(line.text for line in laid_out(words(*texts)).lines)


def test_one_alone_may_be_a_slip_and_marks_around_words_are_no_apostrophes():
    assert said("l’an", "d'eau", "qu'on") == "l’an d'eau qu'on"
    assert said("l’an", "c’est", "d'eau", "'so'", "5'3") == "l’an c’est d’eau 'so' 5'3"
