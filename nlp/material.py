"""Training material: annotated passages as arrays, and how they are parted for held-out scores."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotated
from nlp.classify.examples import Examples
from nlp.classify.features import Encodes, Matrix, Surroundings, body_columns, context_text
from nlp.encode.embed import Vectors
from nlp.errors import AnnotationError
from nlp.program import Program, load_program
from nlp.records import ROLES, TREATMENTS
from nlp.structure.bodies import resolve

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Material:
    """Training passages as arrays.

    Attributes:
        vectors, contexts: float32 (n, dim). bodies: float32 (n, columns), as `body_columns` gives them.
        targets: float64 (n, labels), share of annotators in [0, 1]. role: (n, 3), treatment: (n, 5), shares.
        groups: author of each passage.
        weights: float64 (n,), in (0, 1]: the versions of one text in several languages count as one text together.
        known: bool (n, targets), what was labelled; of a passage reviewed on a desk only the targets that were decided.
    """

    rows: tuple[Annotated, ...]
    vectors: Vectors
    contexts: Vectors
    bodies: Matrix
    targets: Array
    role: Array
    treatment: Array
    groups: npt.NDArray[np.str_]
    weights: Array
    known: npt.NDArray[np.bool_]

    @property
    def whole(self) -> npt.NDArray[np.intp]:
        """Numbers of the passages in which every target was labelled: only on these can be measured."""
        return np.flatnonzero(self.known.all(axis=1))


def load_material(rows: Sequence[Annotated], program: Program, encoder: Encodes) -> Material:
    """Encode the passages and their surroundings, and lay the labels out as arrays.

    Raises:
        AnnotationError: if a label is not in the codebook.
    """
    places = [surroundings_of(row) for row in rows]
    contexts = [context_text(place) for place in places]
    unique = list(dict.fromkeys(contexts))
    table = dict(zip(unique, encoder.encode(unique), strict=True))
    return Material(
        tuple(rows),
        encoder.encode([row.text for row in rows]),
        np.stack([table[context] for context in contexts]),
        body_columns(program, [place.body for place in places]),
        _shares([row.targets for row in rows], program.targets),
        _shares([row.role for row in rows], ROLES),
        _shares([row.treatment for row in rows], TREATMENTS),
        np.array([row.author for row in rows]),
        np.array([1 / row.versions for row in rows]),
        _known([row.decided for row in rows], program.targets),
    )


def surroundings_of(row: Annotated) -> Surroundings:
    """What stands around an annotated passage; who acts is who it names, else who wrote the document."""
    return acting(row.implementer or row.body, row.language, row.section, row.lead_in)


def acting(name: str | None, language: str, section: tuple[str, ...], lead_in: str) -> Surroundings:
    """Surroundings in which the body called `name` acts."""
    return Surroundings(name, _resolve(name, language, load_program()), section, lead_in)


@functools.cache
def _resolve(name: str | None, language: str, program: Program) -> str | None:
    return resolve(name, language).body if name else None


def _shares(weights: Sequence[dict[str, float]], names: Sequence[str]) -> Array:
    place = {name: column for column, name in enumerate(names)}
    table = np.zeros((len(weights), len(names)))
    for number, row in enumerate(weights):
        for name, share in row.items():
            if name not in place:
                raise AnnotationError(
                    "labels.jsonl", f"{name} is not in the codebook", "Mend the label or the codebook"
                )
            table[number, place[name]] = share
    return table


def _known(decided: Sequence[frozenset[str] | None], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    table = np.ones((len(decided), len(names)), bool)
    for number, own in enumerate(decided):
        if own is not None:
            table[number] = [name in own for name in names]
    return table


def folds(groups: npt.NDArray[np.str_], count: int) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Yield (train, test) indices; an author's passages are never on both sides."""
    from sklearn.model_selection import GroupKFold

    count = min(count, len(set(groups.tolist())))
    yield from GroupKFold(count).split(np.zeros(len(groups)), groups=groups)


def fold_of(groups: npt.NDArray[np.str_], count: int) -> npt.NDArray[np.intp]:
    """Return the number of the fold that each passage is held out in, (n,)."""
    found = np.zeros(len(groups), np.intp)
    for number, (_, test) in enumerate(folds(groups, count)):
        found[test] = number
    return found


def take(material: Material, index: npt.NDArray[np.intp]) -> Material:
    """Return the passages at `index`."""
    return Material(
        tuple(material.rows[i] for i in index),
        material.vectors[index],
        material.contexts[index],
        material.bodies[index],
        material.targets[index],
        material.role[index],
        material.treatment[index],
        material.groups[index],
        material.weights[index],
        material.known[index],
    )


def choose_examples(material: Material, program: Program, each: int) -> list[int]:
    """Return rows of the clearest examples of each target: all annotators agree, few other targets, then by id."""
    chosen: dict[int, None] = {}
    for column in range(len(program.targets)):
        rows = np.flatnonzero(material.targets[:, column] >= 1)
        order = sorted(rows, key=lambda i: (len(material.rows[i].targets), material.rows[i].passage_id))
        chosen.update(dict.fromkeys(int(i) for i in order[:each]))
    return sorted(chosen)


def as_examples(material: Material, index: Sequence[int], vectors: Vectors) -> Examples:
    """Return the passages at `index` as examples with their vectors (len(index), dim)."""
    rows = [material.rows[i] for i in index]
    return Examples(
        tuple(row.passage_id for row in rows),
        tuple(row.text for row in rows),
        tuple(frozenset(t for t, share in row.targets.items() if share >= 1) for row in rows),
        vectors,
    )
