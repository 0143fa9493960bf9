"""Reading passages for a programme that no model was trained for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nlp.classify.examples import Examples
from nlp.classify.familiar import KnownWords
from nlp.classify.features import Encodes
from nlp.classify.heads import MANIFEST, ZERO_SHOT, Model, read_manifest
from nlp.classify.why import Gaps
from nlp.classify.zero_shot import Estimate, LabelViews, hits_of
from nlp.encode.base import Vectors, without
from nlp.program import Program, shipped_programs
from nlp.records import ProbabilityKind, Reading

FIRST = "iap"  # what models that do not say were trained for


@dataclass(frozen=True, slots=True)
class Unseen:
    """Estimates instead of probabilities: see `classify.zero_shot`.

    Attributes:
        encoder: as packed, without a model's own update of it. centre: float32 (dim,), what likeness is centred at.
    """

    program: Program
    estimate: Estimate
    labels: LabelViews
    encoder: Encodes
    centre: Vectors

    def read(self, texts: Sequence[str], readings: Sequence[Reading]) -> list[Reading]:
        """Return readings with the estimates of this programme; role and treatment stay as they were read."""
        tables = self._estimates(self.encoder.encode(list(texts)), texts)
        return [replace(old, probabilities=own) for old, own in zip(readings, tables, strict=True)]

    def without(self, texts: Sequence[str], asked: Gaps, known: Sequence[Reading]) -> list[list[Reading]]:
        """Return what each gap in each text changes, 4 decimals; `known` is what was read of the whole texts."""
        vectors = self.encoder.leave_out([(texts[number], gaps) for number, gaps in asked])
        left = [without(texts[number], gap) for number, gaps in asked for gap in gaps]
        tables = iter(self._estimates(vectors, left))
        return [[replace(known[number], probabilities=next(tables)) for _ in gaps] for number, gaps in asked]

    def _estimates(self, vectors: Vectors, texts: Sequence[str]) -> list[dict[str, float]]:
        if not len(texts):
            return []
        found = self.estimate(self.labels.likeness(vectors, self.centre), hits_of(self.program, texts), self.program)
        return [dict(zip(self.program.targets, row.tolist(), strict=True)) for row in np.round(found, 4)]


def kind_of(folder: Path, program: Program) -> ProbabilityKind:
    """Return what the numbers of the model in `folder` are for a programme: "calibrated" if it was trained for it.

    A model of the same programme with other labels is not taken for a stranger: loading it says what to do.

    Raises:
        ModelError: if the manifest cannot be read.
    """
    manifest = read_manifest(folder)
    own = manifest["codebook"] == program.labels_digest or manifest.get("programme", FIRST) == program.about.id
    return "calibrated" if own else "zero-shot"


def taught_by(folder: Path) -> Path:
    """Return the shipped programme that the model in `folder` was trained for; the first one if it is none of them."""
    shipped = shipped_programs()
    return shipped.get(str(read_manifest(folder).get("programme", FIRST)), shipped[FIRST])


def as_stranger(model: Model, estimate: Estimate) -> Model:
    """Return the model as far as it serves another programme: its lanes are the estimate's, it shows no examples."""
    none = Examples((), (), (), model.examples.vectors[:0])
    digest = hashlib.sha256(f"{model.digest}\x1f{estimate.digest}".encode()).hexdigest()
    return replace(
        model,
        lanes=estimate.lanes(),
        examples=none,
        known=KnownWords({}, {}),
        digest=digest,
        joint=None,
        kind="zero-shot",
    )


def load_estimate(folder: Path) -> Estimate:
    """Return the estimate that lies beside the model in `folder`.

    Raises:
        ModelError: as `Estimate.load`.
    """
    return Estimate.load((folder / MANIFEST).with_name(ZERO_SHOT))
