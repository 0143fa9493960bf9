"""A line of a scan that text recognition passed over is found by its ink, and read; a stamp or a rule is no line."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont
from test_readers import needs_tesseract

from nlp.readers.pdf import scans
from nlp.readers.pdf.recognised import Word, laid_out
from nlp.readers.pdf.unread import Strip, strips, with_strip
from nlp.records import Box

SCALE = 0.25  # points a dot
LINES = ("Nine boats were mended at the landing in the month of May.", "Nobody counted the nets that were dried there.")
HIGH, TOP, LEFT, APART = 44, 200, 150, 90


def page(*more: str) -> Image.Image:
    """A page with two lines of text; `more`: what else stands on it."""
    image = Image.new("L", (1700, 1200), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(HIGH)
    for number, text in enumerate(LINES):
        draw.text((LEFT, TOP + number * APART), text, 0, font)
    if "stamp" in more:
        draw.ellipse((900, 600, 1250, 950), outline=0, width=14)
        draw.text((1000, 740), "PAID", 0, ImageFont.load_default(90))
    if "rule" in more:
        draw.line((150, 500, 1500, 500), 0, 5)
    if "speck" in more:
        draw.rectangle((300, 1000, 340, 1030), 0)
    return image


def png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def word(text: str, line: int, sure: float = 95.0, left: float = LEFT, right: float = 1500.0, block: int = 1) -> Word:
    """A word over a line of the page."""
    top = TOP + line * APART
    box = Box(left * SCALE, top * SCALE, right * SCALE, (top + HIGH) * SCALE)
    return Word(text, box, sure, block, line + 1, HIGH * SCALE, (top + 0.8 * HIGH) * SCALE)


@pytest.mark.parametrize("more", [(), ("stamp",), ("rule",), ("speck",), ("stamp", "rule", "speck")])
def test_only_the_line_without_words_is_found(more: tuple[str, ...]):
    picture = png(page(*more))
    assert [*strips(picture, [word("all", 0), word("said", 1)], SCALE)] == []
    (strip,) = strips(picture, [word("all", 0)], SCALE)
    assert abs(strip.x0 - LEFT) < HIGH and abs(strip.y0 - TOP - APART) < HIGH
    with Image.open(io.BytesIO(strip.picture)) as shown:
        assert shown.width > 15 * HIGH and shown.height < 2.5 * HIGH


def test_what_was_made_of_part_of_a_line_does_not_hide_it():
    told = [word("all", 0), word("Put gor", 1, sure=20.0, left=400.0, right=500.0)]
    (strip,) = strips(png(page()), told, SCALE)
    with Image.open(io.BytesIO(strip.picture)) as shown:
        assert shown.width > 15 * HIGH, "one strip, not what is left on both sides"
    half_sure = [*told, word("Nobody", 1, left=150.0, right=390.0)]
    (rest,) = strips(png(page()), half_sure, SCALE)
    assert rest.x0 > 450, "a line of which something was read is kept, only the rest of it is looked at"


def test_without_words_or_with_too_much_ink_nothing_is_taken_for_lines():
    assert [*strips(png(page()), [], SCALE)] == []
    crowd = Image.new("L", (1700, 2600), 255)
    draw = ImageDraw.Draw(crowd)
    for number in range(25):
        draw.rectangle((100, 100 * number + 20, 1500, 100 * number + 60), 0)
    assert [*strips(png(crowd), [word("few", 0, right=160.0)], SCALE)] == []


def found(sure: float) -> list[Word]:
    """What was read of a strip, by its own corner."""
    words = ("Nobody", 10), ("counted", 60)
    return [Word(text, Box(left, 2, left + 40, 12), sure, 1, 1, 11.0, 11.0) for text, left in words]


def test_words_of_a_strip_stand_between_the_lines_about_them():
    told = [
        word("above", 0),
        word("bogus", 1, sure=10.0, right=300.0),
        word("below", 2),
        word("aside", 0, left=3000.0, right=3500.0),
    ]
    strip = Strip(LEFT, TOP + APART, b"")
    words = with_strip(told, found(90.0), SCALE, strip)
    assert [one.text for one in words] == ["above", "Nobody", "counted", "below", "aside"]
    assert words[1].box.x0 == 10 + LEFT * SCALE and words[1].base == pytest.approx(11 + (TOP + APART) * SCALE)
    assert [line.text for line in laid_out(words).lines] == ["above", "Nobody counted", "below", "aside"]
    assert with_strip(told, found(30.0), SCALE, strip) == told and with_strip(told, [], SCALE, strip) == told
    assert [one.text for one in with_strip([], found(90.0), SCALE, strip)] == ["Nobody", "counted"]


@needs_tesseract
def test_a_line_that_was_passed_over_is_read():
    picture, dots = png(page("stamp")), 72 / SCALE
    told = scans.words_of(scans._told(picture, "eng", scans.PAGE, dots, 60.0), SCALE)
    lines = {one.line: one.base for one in told}
    words = [one for one in told if one.line != sorted(lines, key=lines.__getitem__)[1]]  # as if it had been
    (strip,) = strips(picture, words, SCALE)
    read = with_strip(
        words, scans.words_of(scans._told(strip.picture, "eng", scans.LINE, dots, 60.0), SCALE), SCALE, strip
    )
    assert [line.text for line in laid_out(read).lines][:2] == list(LINES)
