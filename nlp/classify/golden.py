"""Golden vectors: what an encoder made of ten texts when the model was trained, to see that it still does.

Weights are held against their hashes, but the same weights in another version of a library may give other vectors, for
which the heads were not trained. The file lies beside the manifest and is no part of the model's digest.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from nlp.classify.features import Encodes
from nlp.classify.heads import GOLDEN
from nlp.classify.sound import RETRAIN
from nlp.encode.embed import Vectors
from nlp.errors import ModelError

LEAST_COSINE = 0.9999
LIBRARIES = ("torch", "transformers", "tokenizers", "sentence-transformers", "peft", "numpy")
TEXTS = (
    "The consulate visited the detention centre twice and helped nineteen families to call a lawyer.",
    "El ministerio capacitó a 240 funcionarios de frontera en atención a niñas, niños y adolescentes.",
    "O governo regularizou a situação de três mil trabalhadores migrantes e de suas famílias em 2007.",
    "Le bureau a publié un guide en quatre langues sur le droit au retour et à la réunification familiale.",
    "Remittances: agreements with two banks lowered the cost of sending money home to 4.5 %.",
    "Se recomienda a los Estados ratificar la convención y armonizar con ella su legislación.",
    "Campaign against racism and xenophobia in the media, in schools and at the workplace",
    "Reunião técnica sobre tráfico de pessoas e contrabando de migrantes: lista de participantes",
    "Rapport annuel de la commission",
    "7. Access to health care, whatever one's papers;",
)


def write_golden(folder: Path, encoder: Encodes, identity: str) -> Path:
    """Write what `encoder` makes of the texts, with the versions it does so with, into a model's folder."""
    vectors = encoder.encode(TEXTS).astype("<f4")
    content = {
        "encoder": identity,
        "versions": versions(),
        "vectors": [base64.b64encode(row.tobytes()).decode("ascii") for row in vectors],
    }
    part = folder / f"{GOLDEN}.part"
    part.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return part.replace(folder / GOLDEN)


def check_golden(folder: Path, encoder: Encodes, identity: str, always: bool = False) -> float | None:
    """Return the least cosine between what `encoder` makes of the texts and what it made of them in training.

    None where nothing is kept, or kept of another encoder, or where all versions are those of the training: then
    nothing is encoded, unless `always`.

    Raises:
        ModelError: if the file is damaged, or a cosine is not above `LEAST_COSINE`; the versions that differ are named.
    """
    try:
        kept = json.loads((folder / GOLDEN).read_text("utf-8"))
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in kept["vectors"]]
        trained, own = dict(kept["versions"]), str(kept["encoder"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ModelError(folder / GOLDEN, "damaged", RETRAIN) from None
    other = [f"{name} {trained.get(name)}, now {now}" for name, now in versions().items() if trained.get(name) != now]
    if own != identity or not (other or always):
        return None
    least = _least_cosine(rows, encoder.encode(TEXTS))
    if not least > LEAST_COSINE:
        changed = "; ".join(other) or "no library has another version"
        reason = f"its encoder gives other vectors than in training (cosine {least:.4f}): {changed}"
        raise ModelError(folder, reason, f"Install the versions of the training, or train anew. {RETRAIN}")
    return least


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str | None]:
    """Return the versions of libraries, by default those on which vectors depend; None for one that is missing."""
    return {name: _version(name) for name in libraries}


def _least_cosine(rows: list[Vectors], found: Vectors) -> float:
    """The least cosine of unit vectors; 0 where they do not even have the same shape."""
    if len(rows) != len(found) or any(row.shape != found.shape[1:] for row in rows):
        return 0.0
    return float(np.sum(np.stack(rows) * found, axis=1).min())


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
