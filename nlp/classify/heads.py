"""The trained heads: one matrix for role, treatment and all labels of a programme. Weights are data, no pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.calibrate import Platt
from nlp.classify.examples import Examples
from nlp.classify.familiar import KnownWords
from nlp.classify.features import LabelVectors, Matrix, Surroundings, assemble
from nlp.classify.joint import Joint
from nlp.classify.lanes import Held, Lanes
from nlp.classify.sound import RETRAIN, load_arrays, load_lanes
from nlp.encode.embed import Vectors
from nlp.encode.ranges import RANGES
from nlp.errors import ModelError
from nlp.program import Program
from nlp.records import ROLES, TREATMENTS, ProbabilityKind, Reading

FORMAT, READABLE = 4, (2, 3, 4)  # models of format 2 have no `JOINT`
JOINED = 4  # since when a model that reads passages with their surroundings does not read the passage before
WEIGHTS, MANIFEST, EXAMPLES, ADAPTER, HELD = "heads.npz", "manifest.json", "examples.jsonl", "adapter", "held_out.npz"
WORDS, JOINT = "words.npz", "joint.npz"
GOLDEN, ZERO_SHOT = "golden.json", "zero_shot.json"  # beside the model, as `RANGES` no part of its digest
ESSENTIAL = ("encoder", "codebook", "lanes", "files")
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads on scaled features.

    Attributes:
        centre: float32 (dim,) mean passage vector; mean, scale: float32 (features,) of the training features.
        role: (3, features + 1), treatment: (5, features + 1), targets: (labels, features + 1); last column intercept.
        platt: calibration of the targets. labels: vectors of the codebook's labels, of the encoder as packed.
        joined: whether the encoder reads passages with their surroundings (`features.joined`); then the vectors are
            the features and mean and scale are unused.
    """

    centre: Vectors
    mean: Matrix
    scale: Matrix
    role: Matrix
    treatment: Matrix
    targets: Matrix
    platt: Platt
    labels: LabelVectors
    joined: bool = False

    def features(self, vectors: Vectors, contexts: Vectors, bodies: Matrix) -> Matrix:
        """Return float32 (n, features): assembled and scaled as in training; `bodies` as `body_columns` gives them."""
        raw = assemble(vectors, contexts, self.labels.likeness(vectors, self.centre))
        return np.hstack([(raw - self.mean) / self.scale, bodies]).astype(np.float32)

    def scores(self, features: Matrix) -> dict[str, Array]:
        """Return "role" (n, 3), "treatment" (n, 5) and "targets" (n, labels): linear scores, not probabilities."""
        wide = np.hstack([features.astype(np.float64), np.ones((len(features), 1))])
        tables = {"role": self.role, "treatment": self.treatment, "targets": self.targets}
        return {name: wide @ table.astype(np.float64).T for name, table in tables.items()}

    def read(self, features: Matrix, targets: Sequence[str]) -> list[Reading]:
        """Return one `Reading` a row, each label calibrated by itself."""
        scores = self.scores(features)
        return readings(scores, self.platt(scores["targets"]), targets)


def readings(scores: Mapping[str, Array], probabilities: Array, targets: Sequence[str]) -> list[Reading]:
    """Return one `Reading` a row; probabilities (n, labels) are rounded to 4 decimals."""
    found = []
    for row, role, treatment in zip(
        np.round(probabilities, 4), scores["role"].argmax(axis=1), scores["treatment"].argmax(axis=1), strict=True
    ):
        name = ROLES[int(role)]
        acts = TREATMENTS[int(treatment)] if name == "activity" else None
        found.append(Reading(name, acts, dict(zip(targets, row.tolist(), strict=True))))
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """Heads with everything that belongs to them.

    Attributes:
        manifest: what it was trained from and for; digest: sha256 (hex) of its files.
        lanes: cuts for "objective" and "activity". known: the words of the annotated documents.
        joint: makes the probabilities; None where each label's score is calibrated by itself.
        kind: what its numbers are.
    """

    heads: Heads
    lanes: Mapping[str, Lanes]
    examples: Examples
    known: KnownWords
    manifest: Mapping[str, Any]
    digest: str
    joint: Joint | None = None
    kind: ProbabilityKind = "calibrated"

    def read(
        self, features: Matrix, texts: Sequence[str], places: Sequence[Surroundings], program: Program
    ) -> list[Reading]:
        """Return one `Reading` a passage; `features` (n, features) of the passages `texts` in their `places`."""
        if self.joint is None:
            return self.heads.read(features, program.targets)
        scores = self.heads.scores(features)
        return readings(scores, self.joint(self.joint.views(scores, texts, places, program)), program.targets)


def save(
    folder: Path,
    heads: Heads,
    lanes: Mapping[str, Lanes],
    examples: Examples,
    held: Held,
    known: KnownWords,
    facts: Mapping[str, Any],
    joint: Joint | None = None,
) -> None:
    """Write a model folder: weights (float32), examples, held-out passages, words; last the manifest with hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / WEIGHTS,
        centre=heads.centre,
        mean=heads.mean,
        scale=heads.scale,
        role=heads.role,
        treatment=heads.treatment,
        targets=heads.targets,
        slope=heads.platt.slope,
        intercept=heads.platt.intercept,
        labels=heads.labels.vectors,
        examples=examples.vectors.astype(np.float16),
    )
    examples.save(folder / EXAMPLES)
    np.savez_compressed(
        folder / HELD,
        probabilities=held.probabilities.astype(np.float16),
        required=np.packbits(held.required, axis=1),
        permitted=np.packbits(held.permitted, axis=1),
        documents=held.documents.astype(np.int32),
        fold=held.fold.astype(np.int8),
        characters=held.characters.astype(np.int32),
    )
    known.save(folder / WORDS)
    (folder / JOINT).unlink(missing_ok=True)
    if joint:
        joint.save(folder / JOINT)
    adapter = [f"{ADAPTER}/{path.name}" for path in sorted((folder / ADAPTER).glob("*")) if path.name != RANGES]
    names = [WEIGHTS, EXAMPLES, HELD, WORDS, *([JOINT] if joint else []), *adapter]
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    manifest = {
        "format": FORMAT,
        **facts,
        "joined": heads.joined,
        "lanes": {k: asdict(v) for k, v in lanes.items()},
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")


def load(folder: Path, program: Program, encoder_identity: str) -> Model:
    """Return the model in `folder`, if it was trained for this codebook and this encoder and is undamaged.

    Raises:
        ModelError: if it is missing, damaged, or made for something else; expected and found hashes are named.
    """
    manifest = read_manifest(folder)
    _require(folder, "codebook labels", manifest["codebook"], program.labels_digest)
    _require(folder, "encoder", manifest["encoder"], encoder_identity.partition("@")[0])
    verify(folder)
    arrays = load_arrays(folder / WEIGHTS)
    heads = Heads(
        centre=arrays["centre"],
        mean=arrays["mean"],
        scale=arrays["scale"],
        role=arrays["role"],
        treatment=arrays["treatment"],
        targets=arrays["targets"],
        platt=Platt(arrays["slope"], arrays["intercept"]),
        labels=LabelVectors(arrays["labels"], len(program.languages)),
        joined=bool(manifest.get("joined", False)),
    )
    lanes = load_lanes(folder / MANIFEST, manifest["lanes"])
    return Model(
        heads,
        lanes,
        Examples.load(folder / EXAMPLES, arrays["examples"]),
        KnownWords.load(folder / WORDS),
        manifest,
        _hash(folder / MANIFEST),
        Joint.load(folder / JOINT, program) if JOINT in manifest["files"] else None,
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a model folder.

    Raises:
        ModelError: if it is missing, malformed, or of another format.
    """
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(folder, "no model there (manifest.json is missing)", RETRAIN) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ModelError(folder / MANIFEST, "damaged", RETRAIN) from None
    if not isinstance(manifest, dict):
        raise ModelError(folder / MANIFEST, "damaged", RETRAIN)
    version = manifest.get("format")
    if version not in READABLE or (manifest.get("joined") and version < JOINED):
        raise ModelError(folder, f"format {version}, this version reads {FORMAT}", RETRAIN)
    if lacking := [name for name in ESSENTIAL if name not in manifest]:
        raise ModelError(folder / MANIFEST, f"damaged: {', '.join(lacking)} missing", RETRAIN)
    return manifest


def load_held(folder: Path, labels: int) -> Held:
    """Return the held-out passages that a model's lanes were chosen on; probabilities to 3 digits.

    Raises:
        ModelError: if the file is missing.
    """
    try:
        with np.load(folder / HELD, allow_pickle=False) as data:
            required, permitted = (
                np.unpackbits(data[name], axis=1, count=labels).astype(bool) for name in ("required", "permitted")
            )
            return Held(
                data["probabilities"].astype(np.float64),
                required,
                permitted,
                data["documents"].astype(np.intp),
                data["fold"].astype(np.intp),
                data["characters"].astype(np.intp),
            )
    except FileNotFoundError:
        raise ModelError(folder / HELD, "missing", RETRAIN) from None


def verify(folder: Path) -> dict[str, Any]:
    """Check every file of a model against the hashes in its manifest, and that there is no other; return the manifest.

    Raises:
        ModelError: if one is missing, changed or unknown; expected and found hashes are named.
    """
    manifest = read_manifest(folder)
    for name, digest in manifest["files"].items():
        _require(folder / name, "sha256", digest, _hash(folder / name))
    known = {MANIFEST, GOLDEN, ZERO_SHOT, f"{ADAPTER}/{RANGES}", *manifest["files"]}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if str(path.relative_to(folder)) not in known:
            raise ModelError(path, "not named in the manifest", RETRAIN)
    return manifest


def digest_of(folder: Path) -> str:
    """Return the digest of a model: sha256 (hex) of its manifest, which has those of its files.

    Raises:
        ModelError: if there is none.
    """
    return _hash(folder / MANIFEST)


def relane(folder: Path, lanes: Mapping[str, Lanes], promise: Mapping[str, float]) -> None:
    """Give a model other lanes; everything else stays as it was trained."""
    manifest = verify(folder)
    manifest |= {"lanes": {kind: asdict(own) for kind, own in lanes.items()}, "promise": dict(promise)}
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(folder / MANIFEST)


def _require(subject: object, what: str, expected: str, found: str) -> None:
    if expected != found:
        raise ModelError(subject, f"{what}: expected {expected}, found {found}", RETRAIN)


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise ModelError(path, "missing", RETRAIN) from None
