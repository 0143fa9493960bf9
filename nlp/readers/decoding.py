"""From bytes to text: which encoding, and what it could not say."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = {"iso8859-1", "ascii", "iso8859-15", "cp1252"}
_SAMPLE = 65_536
_SINGLE = ("cp1252", "cp850", "mac_roman")
_MARGIN = 2
_SIGNS = 5_000
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SMALL = frozenset("áéíóúüñçàâêîôûëïèùœãõæ")
_CAPITAL = frozenset("ÁÉÍÓÚÜÑÇÀÂÊÎÔÛËÏÈÙŒÃÕ")
_WORDS = frozenset("àáéóôÀÁÉÓÔ")
_QUOTES = frozenset("“”‘«»¿¡–—…°ºª")
_DASHES = frozenset("–—…")
_DRAWN = frozenset(map(chr, range(0x2500, 0x25A0)))
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
# "Ã©" for "é", "â€œ" for an opening quotation mark; "+AOk-" for "é".
_DOUBTFUL = {
    "letters that look decoded twice": re.compile("[ÃÂ][\x80-\xbf€‚„…†‡ˆ‰‹‘’“”•–—˜™›]|â[€\x80][\x80-\xbf“”œ˜™¢¦]"),
    "letters that look like UTF-7": re.compile(r"\+A[A-Za-z0-9+/]{2,8}-"),
}
_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without byte order mark, the encoding it was read in, and counted losses."""

    text: str
    encoding: str
    losses: Counter[str]


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode `data`: byte order mark, strict UTF-8, `declared`, UTF-16 without a mark, damaged UTF-8, single bytes.

    A declared iso-8859-1 means cp1252, as browsers read it. What is declared nowhere is cp1252, or cp850 (DOS) or
    mac_roman where those give plainly likelier words. In UTF-8 with a few foreign bytes, those are read as cp1252 and
    counted; bytes without meaning become U+FFFD and are counted. Never fails.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    wide = _wide_encoding(data) if b"\0" in data[:_SAMPLE] else None
    if wide:
        return _replacing(data, wide)
    try:
        text = data.decode("utf-8")
        return Decoded(text, "utf-8", _doubts(text))
    except UnicodeDecodeError:
        return _not_utf8(data, _known(declared))


def _doubts(text: str) -> Counter[str]:
    """Count what is sound UTF-8 and yet looks like letters that were encoded twice, or as UTF-7."""
    found = {what: len(pattern.findall(text)) for what, pattern in _DOUBTFUL.items()}
    return Counter({what: count for what, count in found.items() if count >= _DOUBTS})


def _not_utf8(data: bytes, declared: str | None) -> Decoded:
    if declared and declared != "utf-8" and declared not in _WESTERN:
        return _replacing(data, declared)
    text = data.decode("utf-8", errors="surrogateescape")
    foreign = sum("\udc80" <= letter <= "\udcff" for letter in text)
    if declared == "utf-8" or len(_MULTIBYTE.findall(data)) > foreign:
        mended = _FOREIGN.sub(_as_western, text)
        return Decoded(mended, "utf-8", Counter({"bytes outside UTF-8 read as cp1252": foreign}))
    return _replacing(data, "cp1252" if declared else likeliest(data))


def likeliest(data: bytes) -> str:
    """Return the encoding of one byte a letter that gives the likeliest text in en, es, pt and fr.

    Another than cp1252 must win by two signs at least: one odd sign alone is no proof.
    """
    western, *others = ((_likelihood(data.decode(name, errors="replace")), name) for name in _SINGLE)
    best = max(others)
    return best[1] if best[0] >= western[0] + _MARGIN else western[1]


def _likelihood(text: str) -> int:
    """Return how many foreign signs stand where one expects them, less those that stand where nobody writes them."""
    found = islice(_NOT_ASCII.finditer(text), _SIGNS)
    places = (match.start() for match in found)
    return sum(_fitness(text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]) for at in places)


def _fitness(sign: str, before: str, after: str) -> int:
    """Return 1 for a sign at home between its neighbours ("" at an edge), -1 for one that is not, 0 for a doubtful one.

    A small letter is at home in a word, a capital in a word of capitals or before small letters, an apostrophe or
    a hard blank between letters, quotation marks at one side of a word, drawn lines beside their like.
    """
    if sign in _SMALL:
        return 1 if before.isalpha() or (after.isalpha() and after.islower()) else _alone(sign, before, after)
    if sign in _CAPITAL:
        return -1 if before.islower() else 1 if after.isalpha() or before.isupper() else _alone(sign, before, after)
    between = before.isalnum() and after.isalnum()
    if sign in _DRAWN:
        return 1 if not between and all(not side.strip() or side in _DRAWN for side in (before, after)) else -1
    if sign in "’\xa0":
        return 1 if between or (sign == "\xa0" and not before.islower()) else 0
    if sign in _QUOTES and not between:
        return 1 if before.isalnum() or after.isalnum() else 0
    if sign in _DASHES:
        return 0
    return -1 if between or sign.isalpha() or sign == "\ufffd" else 0


def _alone(sign: str, before: str, after: str) -> int:
    return 0 if sign in _WORDS and not before.isalnum() and not after.isalnum() else -1


_FOREIGN = re.compile("[\udc80-\udcff]+")


def _as_western(match: re.Match[str]) -> str:
    return match.group().encode("utf-8", errors="surrogateescape").decode("cp1252", errors="replace")


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    return Decoded(text, encoding, Counter({f"characters undecodable as {encoding}": lost}))


def _wide_encoding(data: bytes) -> str | None:
    """Return UTF-32 with its byte order when the NULs of `data` say so, UTF-16 when charset-normalizer does too."""
    from charset_normalizer import from_bytes

    sample = data[: _SAMPLE - _SAMPLE % 4]
    first, second, third, fourth = (sample[at::4].count(0) >= 0.98 * len(sample[at::4]) for at in range(4))
    if first != fourth and (third if fourth else second):
        return "utf-32-le" if fourth else "utf-32-be"
    sample = sample[: len(sample) - len(sample) % 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.2 * len(sample[::2]) or min(even, odd) > 0.1 * max(even, odd):
        return None
    best = from_bytes(sample, cp_isolation=["utf_16_be" if even > odd else "utf_16_le"]).best()
    return best.encoding.replace("_", "-") if best else None


def _known(name: str | None) -> str | None:
    """Return the normalised name of a declared encoding, None for one that is unknown or no text encoding."""
    try:
        codec = codecs.lookup(name.strip()) if name else None
    except (LookupError, ValueError):
        return None
    if codec is None or not codec._is_text_encoding or codec.name.startswith(("utf-16", "utf-32", "utf-7")):
        return None
    return codec.name
