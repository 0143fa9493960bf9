"""Fine-tune the encoder on annotated passages: low-rank adapters and one linear head for every label, one loss.

The embedding table and the lower layers stay as they were packed; rank-`rank` updates of the upper layers are learnt
(LoRA, Hu et al. 2021, by `peft`) together with a matrix of role, treatment, objectives and activities. A label starts
from the codebook's own words and the mean of its examples. What comes out is a folder: `adapter/` (safetensors) and
`heads.npz`. Work in progress is kept, so that a stopped training goes on at its last checkpoint.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from nlp.classify.features import Matrix
from nlp.encode.adapter import adaptable, save_adapter
from nlp.encode.device import training_device
from nlp.encode.embed import E5_PREFIX
from nlp.settings import STRICT

Array = npt.NDArray[np.float64]
Report = Callable[[str], None]
ADAPTER, HEADS, CHECKPOINT = "adapter", "heads.npz", "checkpoint.pt"
CHECKPOINT_STEPS, REPORT_STEPS = 100, 50
SORTED_TOGETHER = 20  # batches whose passages are sorted by length before they are parted, so that little is padding
SAMPLE = 1500
START_SCALE, START_BIAS = 20.0, -4.0
CHOICE_SCALE = 10.0  # centred unit vectors are short; this brings the heads of role and treatment to a learnable size


@dataclass(frozen=True, slots=True)
class Tuning:
    """How to fine-tune.

    Attributes:
        rank: of the updates. first_layer: layers below it stay as they are, in [0, 12).
        rate, head_rate: peak learning rates of the updates and of the label matrix.
        epochs: passes over the passages; batch: passages a step; max_tokens: longer inputs are cut in training.
        treatment_weight: of the treatment loss beside role and labels. seed: of order and start.
    """

    __pydantic_config__: ClassVar = STRICT

    rank: int = 32
    first_layer: int = 2
    rate: float = 1e-3
    head_rate: float = 2e-3
    epochs: int = 2
    batch: int = 24
    max_tokens: int = 256
    treatment_weight: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt from: inputs with their labels as shares in [0, 1].

    Attributes:
        texts: passages joined with their surroundings. targets: (n, labels); role: (n, 3); treatment: (n, 5).
        weights: (n,), in (0, 1]. labels: the codebook's texts of each target, in some order of languages.
    """

    texts: Sequence[str]
    targets: Array
    role: Array
    treatment: Array
    weights: Array
    labels: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class LabelMatrix:
    """Linear heads on unit vectors, float32: targets (labels, dim + 1), role (3, dim + 1), treatment (5, dim + 1).

    Attributes:
        asked: float32 (texts, dim), vectors of the texts that were to be encoded at the end.
    """

    targets: Matrix
    role: Matrix
    treatment: Matrix
    asked: Matrix


def finetune(
    lesson: Lesson, asked: Sequence[str], base: Path, work: Path, tuning: Tuning, report: Report
) -> LabelMatrix:
    """Learn from `lesson` and leave `adapter/` and `heads.npz` in `work`; what is there whole is not learnt again.

    Args:
        asked: texts to encode at the end, such as passages held out; in batches, so to about 1e-3 of the vectors that
            the adapted encoder gives. base: folder of the encoder (`nlp.encode.e5.folder`).
        work: folder of this training alone.
    """
    if not (work / HEADS).is_file():
        work.mkdir(parents=True, exist_ok=True)
        _Session(lesson, base, work, tuning, report).run(asked)
    with np.load(work / HEADS, allow_pickle=False) as data:
        return LabelMatrix(data["targets"], data["role"], data["treatment"], data["asked"])


class _Session:
    """One training: the network, its optimiser, and where it stands."""

    def __init__(self, lesson: Lesson, base: Path, work: Path, tuning: Tuning, report: Report) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.manual_seed(tuning.seed)
        torch.set_num_threads(os.cpu_count() or 1)  # an encoder that was used before left it at one
        self.torch, self.lesson, self.tuning = torch, lesson, tuning
        self.work, self.report = work, report
        self.device, self.half = training_device()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(base))
        # without dropout: two passes over low-rank updates do not overfit, and drawing it takes a third of a CPU's time
        network = AutoModel.from_pretrained(
            str(base), add_pooling_layer=False, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0
        )
        layers = list(range(tuning.first_layer, network.config.num_hidden_layers))
        self.network = adaptable(network, tuning.rank, layers).to(self.device)
        self.texts = [E5_PREFIX + text for text in lesson.texts]
        self.lengths = np.array([len(text) for text in self.texts])
        self._start()

    def _start(self) -> None:
        """Lay out the label matrix: each label starts at its examples and its codebook texts, centred."""
        torch, lesson = self.torch, self.lesson
        rng = np.random.default_rng(self.tuning.seed)
        sample = rng.permutation(len(self.texts))[:SAMPLE]
        vectors = self._encode([self.texts[i] for i in sample])
        own = self._encode([E5_PREFIX + text for texts in lesson.labels for text in texts])
        labels = torch.stack([part.mean(0) for part in own.split([len(texts) for texts in lesson.labels])])
        self.centre = vectors.mean(0)
        shares = torch.tensor(lesson.targets[sample], dtype=torch.float32, device=self.device)
        examples = shares.T @ (vectors - self.centre)
        unit = torch.nn.functional.normalize
        start = unit(examples, dim=-1) + unit(labels - labels.mean(0), dim=-1)
        self.matrix = torch.nn.Parameter(unit(start, dim=-1))
        self.bias = torch.nn.Parameter(torch.full((len(start),), START_BIAS, device=self.device))
        self.scale = torch.nn.Parameter(torch.tensor(START_SCALE, device=self.device))
        self.choices = torch.nn.Linear(vectors.shape[1], lesson.role.shape[1] + lesson.treatment.shape[1])
        self.choices.to(self.device)
        tuning = self.tuning
        groups: list[dict[str, Any]] = [
            {"params": [p for p in self.network.parameters() if p.requires_grad], "lr": tuning.rate},
            {"params": [self.matrix], "lr": tuning.head_rate},
            {"params": [self.bias, self.scale], "lr": 10 * tuning.head_rate},
            {"params": list(self.choices.parameters()), "lr": 2.5 * tuning.head_rate},
        ]
        self.parameters = [parameter for group in groups for parameter in group["params"]]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        self.steps = tuning.epochs * len(self._batches(0))
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, [group["lr"] for group in groups], total_steps=self.steps + 1, pct_start=0.1
        )

    def _batches(self, epoch: int) -> list[npt.NDArray[np.intp]]:
        """The batches of an epoch: passages of like length together, batches in random order."""
        rng = np.random.default_rng((self.tuning.seed, epoch))
        order, size = rng.permutation(len(self.texts)), self.tuning.batch
        batches = []
        for start in range(0, len(order), size * SORTED_TOGETHER):
            part = order[start : start + size * SORTED_TOGETHER]
            part = part[np.argsort(self.lengths[part], kind="stable")]
            batches += [part[i : i + size] for i in range(0, len(part), size)]
        return [batches[i] for i in rng.permutation(len(batches))]

    def _pooled(self, texts: Sequence[str]) -> Any:
        """Unit vectors (len(texts), dim): the mean over tokens, as the encoder is used afterwards."""
        torch = self.torch
        rows = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.tuning.max_tokens, return_tensors="pt"
        ).to(self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.half):
            hidden = self.network(**rows).last_hidden_state
        mask = rows["attention_mask"][..., None].float()
        return torch.nn.functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=-1)

    def _encode(self, texts: Sequence[str]) -> Any:
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        place = np.argsort(order)
        with self.torch.no_grad():
            parts = [self._pooled([texts[i] for i in order[k : k + 48]]) for k in range(0, len(order), 48)]
        return self.torch.cat(parts)[self.torch.tensor(place)]

    def run(self, asked: Sequence[str]) -> None:
        """Train from the last checkpoint to the end, encode `asked`, write the result and drop the checkpoint."""
        done = self._resume()
        clock, first = time.monotonic(), done
        losses: list[float] = []
        for step, index in self._ahead(done):
            losses.append(self._step(index))
            if (step + 1) % REPORT_STEPS == 0:
                rate = (step + 1 - first) / (time.monotonic() - clock)
                left = (self.steps - step - 1) / rate / 60
                loss = np.mean(losses[-REPORT_STEPS:])
                self.report(f"{self.work.name}: step {step + 1} of {self.steps}, loss {loss:.2f}, {left:.0f} min left")
            if (step + 1) % CHECKPOINT_STEPS == 0:
                self._checkpoint(step + 1)
        self._finish(asked)

    def _ahead(self, done: int) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
        """The steps that are left, with the passages of each."""
        batches = (index for epoch in range(self.tuning.epochs) for index in self._batches(epoch))
        return itertools.islice(enumerate(batches), done, None)

    def _step(self, index: npt.NDArray[np.intp]) -> float:
        torch, lesson = self.torch, self.lesson
        functional = torch.nn.functional

        def own(table: Array) -> Any:
            """The rows of this step."""
            return torch.tensor(table[index], dtype=torch.float32, device=self.device)

        vectors = self._pooled([self.texts[i] for i in index]) - self.centre
        scores = self.scale * (vectors @ self.matrix.T) + self.bias
        role, treatment = self.choices(vectors * CHOICE_SCALE).split(
            [lesson.role.shape[1], lesson.treatment.shape[1]], dim=-1
        )
        loss = functional.binary_cross_entropy_with_logits(scores, own(lesson.targets), reduction="none").sum(1)
        loss = loss - (own(lesson.role) * functional.log_softmax(role, -1)).sum(1)
        acts = (own(lesson.treatment) * functional.log_softmax(treatment, -1)).sum(1)
        loss = loss - self.tuning.treatment_weight * acts
        weights = own(lesson.weights)
        total = (loss * weights).sum() / weights.sum()
        self.optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.schedule.step()
        return float(total.detach())

    def _checkpoint(self, step: int) -> None:
        part = self.work / f"{CHECKPOINT}.part"
        state = {
            "step": step,
            "parameters": [parameter.detach().cpu() for parameter in self.parameters],
            "centre": self.centre.cpu(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": {k: v for k, v in self.schedule.state_dict().items() if isinstance(v, int | float | list)},
        }
        self.torch.save(state, part)
        part.replace(self.work / CHECKPOINT)

    def _resume(self) -> int:
        """Take up the last checkpoint; return the steps that it had done, 0 without one."""
        path = self.work / CHECKPOINT
        if not path.is_file():
            return 0
        state = self.torch.load(path, map_location=self.device, weights_only=True)
        with self.torch.no_grad():
            for parameter, value in zip(self.parameters, state["parameters"], strict=True):
                parameter.copy_(value)
        self.centre = state["centre"].to(self.device)
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.report(f"{self.work.name}: going on at step {state['step']} of {self.steps}")
        return int(state["step"])

    def _finish(self, asked: Sequence[str]) -> None:
        vectors = self._encode([E5_PREFIX + text for text in asked]).cpu().numpy() if asked else np.zeros((0, 0))
        save_adapter(self.network, self.work / ADAPTER)
        centre = self.centre.cpu().numpy()
        weights = (self.scale * self.matrix).detach().cpu().numpy()
        targets = _with_intercept(weights, self.bias.detach().cpu().numpy(), centre)
        choices = self.choices.weight.detach().cpu().numpy() * CHOICE_SCALE
        both = _with_intercept(choices, self.choices.bias.detach().cpu().numpy(), centre)
        roles = self.lesson.role.shape[1]
        part = self.work / f"part-{HEADS}"
        np.savez(part, targets=targets, role=both[:roles], treatment=both[roles:], asked=vectors)
        part.replace(self.work / HEADS)
        (self.work / CHECKPOINT).unlink(missing_ok=True)


def _with_intercept(weights: Matrix, bias: Matrix, centre: Matrix) -> Matrix:
    """Weights on centred vectors as weights and intercept on vectors as they are."""
    return np.hstack([weights, (bias - weights @ centre)[:, None]]).astype(np.float32)
