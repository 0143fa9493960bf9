"""From several views of a passage to one probability a label: a regression whose few weights all labels share.

A score alone does not know what else is in the passage. This looks also at the best rival, at the label's parent or
child, at what the passage is, at who acts, and at its words. Source: stacked generalisation, D. Wolpert (1992). Labels
share weights and intercept, so rare ones cannot overfit; fitted on scores of passages that their makers did not see,
and not calibrated again: a logistic regression is calibrated as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.calibrate import fit_shared, sigmoid
from nlp.classify.features import Surroundings, context_text
from nlp.classify.lanes import columns, columns_of, parents
from nlp.classify.wording import WordHeads
from nlp.program import KINDS, Program

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
FARTHEST = 12.0  # log-odds beyond it say nothing more


@dataclass(frozen=True, slots=True)
class Views:
    """What is known of passages.

    Attributes:
        targets: (n, labels), linear scores of the heads. role: (n, 3), the same of roles.
        own: (n, labels), 1 where the Program gives the label to the group of the body that acts (`own_group`).
        words: (n, labels), scores of the heads on words; None without them.
    """

    targets: Array
    role: Array
    own: Array
    words: Array | None = None

    def part(self, index: Index | npt.NDArray[np.bool_]) -> Views:
        """Return some of the passages."""
        words = None if self.words is None else self.words[index]
        return Views(self.targets[index], self.role[index], self.own[index], words)


@dataclass(frozen=True, slots=True)
class Joint:
    """The regression.

    Attributes:
        weights: for each kind of target, float64 (views + 1,), the last the intercept.
        family: bool (objectives, activities), which objectives an activity serves.
        words: heads on words, where they are one of the views.
    """

    weights: Mapping[str, Array]
    family: npt.NDArray[np.bool_]
    words: WordHeads | None = None

    def views(
        self, scores: Mapping[str, Array], texts: Sequence[str], places: Sequence[Surroundings], program: Program
    ) -> Views:
        """Look at passages: `scores` are what the heads say of them (`Heads.scores`)."""
        own = own_group(program, [place.body for place in places])
        words = self.words.scores(texts, [context_text(place) for place in places]) if self.words else None
        return Views(scores["targets"], scores["role"], own, words)

    def log_odds(self, views: Views) -> Array:
        """Return (n, labels); a row depends on its own passage alone."""
        joint = np.empty(views.targets.shape)
        for kind, part in columns_of(len(self.family)).items():
            *weights, intercept = self.weights[kind].tolist()
            total = np.full(joint[:, part].shape, intercept)
            for weight, view in zip(weights, _features(views, self.family, kind), strict=True):
                total += weight * view
            joint[:, part] = total
        return joint

    def __call__(self, views: Views) -> Array:
        """Return probabilities (n, labels)."""
        return sigmoid(self.log_odds(views))

    def save(self, path: Path) -> None:
        """Write the weights, and the heads on words."""
        tables: dict[str, npt.NDArray[Any]] = {**self.weights, **(self.words.arrays() if self.words else {})}
        np.savez_compressed(path, **tables)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path, program: Program) -> Joint:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        words = WordHeads.of(arrays) if "steps" in arrays else None
        return cls({kind: arrays[kind] for kind in KINDS}, parents(program), words)


def fit_joint(views: Views, targets: Array, program: Program) -> Joint:
    """Fit on views of passages that their makers did not see, and label shares (n, labels)."""
    family = parents(program)
    weights = {
        kind: fit_shared(np.stack(_features(views, family, kind), axis=-1), targets[:, part], -FARTHEST)
        for kind, part in columns(program).items()
    }
    return Joint(weights, family)


def cross_joint(views: Views, targets: Array, fold: Index, program: Program) -> Array:
    """Return log-odds (n, labels), each passage's by a regression fitted on the other folds."""
    odds = np.zeros_like(targets)
    for number in np.unique(fold):
        own = fold == number
        odds[own] = fit_joint(views.part(~own), targets[~own], program).log_odds(views.part(own))
    return odds


def own_group(program: Program, bodies: Sequence[str | None]) -> Array:
    """1 for the activities that the Program gives to the group of the body that acts, 0 for all else: (n, labels)."""
    known = [program.body_by_id.get(body or "") for body in bodies]
    groups = [entry.group if entry else body for entry, body in zip(known, bodies, strict=True)]
    given = [program.group_of(label) for label in program.labels.values()]
    table = {group: [float(group is not None and group == mine) for mine in given] for group in set(groups)}
    return np.array([table[group] for group in groups], np.float64).reshape(len(bodies), len(given))


def _features(views: Views, family: npt.NDArray[np.bool_], kind: str) -> list[Array]:
    """One table (n, labels of the kind) a view."""
    part = columns_of(len(family))[kind]
    scores = _near(views.targets)
    own = scores[:, part]
    role = views.role - np.logaddexp.reduce(views.role, axis=1, keepdims=True)
    columns = [np.broadcast_to(column[:, None], own.shape) for column in _near(role).T]
    tables = [own, _relatives(scores, family, kind), _rivals(own), *columns, views.own[:, part]]
    return tables if views.words is None else [*tables, _near(views.words[:, part])]


def _near(scores: Array) -> Array:
    return np.clip(scores, -FARTHEST, FARTHEST)


def _relatives(scores: Array, family: npt.NDArray[np.bool_], kind: str) -> Array:
    """The best score among a label's parents (of an activity) or children (of an objective)."""
    if kind == "activity":
        others, related = scores[:, : len(family)], family.T
    else:
        others, related = scores[:, len(family) :], family
    if not len(related):
        return np.empty((len(scores), 0))
    best = [others[:, row].max(axis=1, initial=-FARTHEST) for row in related]
    return np.stack(best, axis=1)


def _rivals(scores: Array) -> Array:
    """The best score among the other labels of the kind."""
    if not scores.shape[1]:
        return scores
    first = scores.argmax(axis=1)
    best = np.take_along_axis(scores, first[:, None], axis=1)
    rest = scores.copy()
    np.put_along_axis(rest, first[:, None], -FARTHEST, axis=1)
    second = rest.max(axis=1, keepdims=True)
    return np.where(np.arange(scores.shape[1]) == first[:, None], second, best)
