"""Documents with a mark of its own at the end of every passage, and formulas that stand in many places without one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from nlp.review.folding import Folded
from tests.batch.source import Piece, Text, compose

MARK = re.compile(r"\(K\d{4}\)")
FORMULAS = {
    "en": (
        "The Committee took note of the report and thanked the delegations for it.",
        "Takes note of the report with satisfaction.",
        "Asks the secretariat to tell the Council next year how this text was carried out, as far as funds allow.",
        "No comments were received.",
    ),
    "es": (
        "La Comisión tomó nota del informe y lo agradeció a las delegaciones.",
        "Toma nota con satisfacción del informe.",
        "Pide a la secretaría que cuente al Consejo el año próximo cómo se cumplió este texto, si alcanzan los fondos.",
        "No se recibieron comentarios.",
    ),
    "pt": (
        "A Comissão tomou nota do relatório e o agradeceu às delegações.",
        "Toma nota com satisfação do relatório.",
        "Pede à secretaria que conte ao Conselho no próximo ano como se cumpriu este texto, se houver fundos.",
        "Não houve comentários.",
    ),
    "fr": (
        "La Commission a pris note du rapport et en a remercié les délégations.",
        "Prend note du rapport avec satisfaction.",
        "Prie le secrétariat de dire au Conseil, l'an prochain, ce que ce texte est devenu, si les fonds suffisent.",
        "Aucune observation n'a été reçue.",
    ),
}  # fmt: skip
ALONE, WITHIN, TWICE, CONTACT = 0.25, 0.2, 0.15, 0.15


def plant(characters: float, seed: int) -> Text:
    """Compose a document: marks at the ends of its passages, formulas in them and between them, some of these twice."""
    rng = random.Random(f"attach {seed}")
    text = compose(characters, rng)
    return replace(text, pieces=tuple(_planted(text, rng)))


def _planted(text: Text, rng: random.Random) -> Iterator[Piece]:
    formulas = FORMULAS[text.language]
    for number, piece in enumerate(text.pieces):
        if piece.kind not in ("paragraph", "list_item"):
            yield piece
            continue
        words = [piece.text]
        if rng.random() < WITHIN:
            words.append(rng.choice(formulas))
        if rng.random() < CONTACT:
            words.append(f"unit{number}@example.org, +1 202 555 01{number % 90 + 10}.")
        yield Piece(piece.kind, f"{' '.join(words)} (K{number:04})")
        if rng.random() < ALONE:
            formula = rng.choice(formulas)
            yield from [Piece("paragraph", formula)] * (2 if rng.random() < TWICE else 1)


def neighbours(text: Folded, start: int, end: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """Say where a span of a planted text stands.

    Returns:
        The last mark before it and the first from its end on, each with how often its words stand between.
    """
    own = text.inner(start, end)
    words = text.folded[slice(*own)]
    last = next(iter([*MARK.finditer(text.folded, 0, own[0])][-1:]), None)
    own_mark = MARK.search(text.folded, *own)
    following = own_mark or MARK.search(text.folded, own[1])
    before = text.folded[last.end() if last else 0 : own[0]].count(words)
    after = text.folded[own[1] : following.start() if following else None].count(words)
    return (last[0] if last else "", before), (following[0] if following else "", after)
