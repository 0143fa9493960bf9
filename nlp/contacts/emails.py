"""E-mail addresses, also those written to escape collectors: ``ana (at) host.org``, ``ana @ host . org``.

Every pattern is linear: a name is taken whole or not at all, and all that may follow it is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts.windows import within

_NAME = r"[\w.+'’\-\u0300-\u036f]"
_GAP = r"[ \t\xa0]"
_AT = (
    rf"(?P<tight>[@＠﹫](?!{_GAP}|\n)|%40)"
    rf"|{_GAP}?[(\[{{<]{_GAP}?(?:at|arroba|arobase|@){_GAP}?[)\]}}>]{_GAP}?"
    rf"|{_GAP}?[@＠﹫]{_GAP}?\n?|{_GAP}(?:arroba|arobase){_GAP}"
    rf"|(?P<said>{_GAP}at{_GAP})"
)
_DOT_SAID = r"dot|punto|ponto|point"
_DOT = (
    rf"(?:[.．]|{_GAP}?[(\[{{]{_GAP}?(?:{_DOT_SAID}|\.){_GAP}?[)\]}}]{_GAP}?|{_GAP}(?:{_DOT_SAID}){_GAP}"
    rf"|{_GAP}\.{_GAP}?(?=[a-z])|\.[ \t\xa0\n](?=[a-z]{{2,63}}(?:\.[a-z]{{2,63}}){{0,3}}\b))"
)
_LABEL = r"[^\W_][\w\-]{0,62}+"
_ADDRESS = re.compile(rf"(?<!{_NAME}){_NAME}++(?:{_AT})(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{1,8}}+)", re.IGNORECASE)
_SIGN = re.compile(rf"[@＠﹫]|%40|[(\[{{<]{_GAP}?[aA]|[aA][rR]{{1,2}}[oO][bB][aA]|(?<={_GAP})(?i:{_DOT_SAID}){_GAP}")
_PARTS = re.compile(rf"{_DOT}", re.IGNORECASE)
_GENERIC = frozenset(
    "com org net int edu gov gob gouv mil info biz coop museum name pro jobs travel mobi cat asia tel online site app"
    " dev cloud global ngo ong foundation".split()
)

BEFORE, AFTER = 100, 300  # characters around a sign that an address may take: 64 of a name, 255 of a host
_SPOKEN = re.compile(rf"\bdot{_GAP}(?:{'|'.join(sorted(_GENERIC))})\b", re.IGNORECASE)
_SHORT = {".com", ".org", ".net"}


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield where e-mail addresses stand in `text`."""
    for match in within(_ADDRESS, text, (sign.start() for sign in _SIGN.finditer(text)), BEFORE, AFTER):
        if match["said"] and not _SPOKEN.search(match["host"]):
            continue  # "meet at oas.org" and "free at the point of use" are no addresses, "ana at oas dot org" is one
        host = match["host"]
        labels = _labels(host)
        end = _end(host, labels, sure=bool(match["tight"]))
        if end and (labels[0][1] > 1 or len(labels) > 2 or host[1:end].lower() in _SHORT):  # "niñ@s.es" is two words
            yield match.start(), match.start("host") + end


def _labels(host: str) -> list[tuple[int, int]]:
    """Where the labels of a host's name stand in it; a sentence that begins after the name's last dot is none."""
    labels, start = [], 0
    for dot in _PARTS.finditer(host):
        labels.append((start, dot.start()))
        ends_sentence = dot[0][0] == "." and len(dot[0]) > 1
        if ends_sentence and len(labels) > 1 and _is_top(host[start : dot.start()]):
            return labels
        start = dot.end()
    return [*labels, (start, len(host))]


def _end(host: str, labels: list[tuple[int, int]], *, sure: bool) -> int:
    """Where a host's name ends: at its last label that is a known top one; at its last if `sure`; 0 where nowhere."""
    for start, end in reversed(labels[1:]):
        if _is_top(host[start:end]):
            return end
    last = host[slice(*labels[-1])]
    whole = sure and len(last) > 1 and last.isalpha() and last in (last.lower(), last.upper())
    return labels[-1][1] if whole and not re.search(r"\s", host) else 0


def _is_top(label: str) -> bool:
    """Whether a label is a top domain, in one case: "El" is a word that follows a full stop."""
    if label not in (label.lower(), label.upper()):
        return False
    return label.lower() in _GENERIC or (len(label) == 2 and label.isascii() and label.isalpha())
