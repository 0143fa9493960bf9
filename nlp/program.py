"""The codebook: 20 objectives, 100 activities, their implementers and the concordance, in our own words.

Files under ``corpus/program/``, all YAML, all in four languages. A user may import the official wording of the
objectives and activities from the Program document; it is kept in the user's own folder, never in the repo.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.errors import CodebookError
from nlp.settings import data_root

Language = Literal["en", "es", "pt", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "pt", "fr")
Condition = Literal[
    "on_request",
    "within_existing_resources",
    "domestic_law",
    "funding_permitting",
    "for_consideration",
    "national_regulations",
    "when_possible",
]
TITLE_WORDS = 8
_WORD = re.compile(r"\w[\w'’-]*")
ACTIVITY_FILES = ("oas", "states", "multilateral", "others")
Texts = dict[Language, str]
TextLists = dict[Language, list[str]]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LookAlike(_Row):
    """A label that readers confuse with this one, and the rule that tells them apart."""

    target: str
    rule: str


class GeneralObjective(_Row):
    """One of the three general objectives."""

    id: int
    article: str
    title: Texts
    counts: Texts


class Label(GeneralObjective):
    """An objective or activity: short title, what counts, what does not, look-alikes, and terms, in four languages."""

    excludes: Texts
    confused_with: list[LookAlike] = []
    terms: TextLists
    implementer: str | None = None
    conditions: list[Condition] = []

    @property
    def target(self) -> str:
        """ "objective:N" or "activity:N"."""
        return f"{'activity' if self.implementer else 'objective'}:{self.id}"


class Successor(_Row):
    """A body that took over from, or is the new name of, an implementer."""

    name: Texts
    acronyms: list[str] = []
    since: int | None = None


class Body(_Row):
    """An implementer of the Program, or another body (then `article` is None) that counts with a group.

    `heads` are the first words of names of its sort ("Ministry of", "Red de"): a body that no entry names, but whose
    name begins so, counts as this one.
    """

    id: str
    group: str
    article: str | None = None
    names: Texts
    acronyms: TextLists
    aliases: TextLists
    heads: list[str] = []
    successors: list[Successor] = []


class Group(_Row):
    """A group of implementers: oas, states, multilateral, others."""

    id: str
    article: str
    title: Texts


class Pair(_Row):
    """One pair of the concordance: this activity serves that objective, and why."""

    activity: int
    objective: int
    strength: Literal["primary", "secondary"]
    reason: str


class Program(_Row):
    """The whole codebook, checked.

    Attributes:
        objectives: 20, activities: 100, both in order of their numbers.
        implementers: the Program's own; bodies: others that reports name.
        concordance: objectives x activities.
    """

    general_objectives: list[GeneralObjective]
    objectives: list[Label]
    activities: list[Label]
    groups: list[Group]
    implementers: list[Body]
    bodies: list[Body]
    concordance: list[Pair]

    @functools.cached_property
    def labels(self) -> dict[str, Label]:
        """All 120 labels by target, objectives first, in codebook order."""
        return {label.target: label for label in (*self.objectives, *self.activities)}

    @property
    def targets(self) -> tuple[str, ...]:
        """The 120 targets in codebook order."""
        return tuple(self.labels)

    @functools.cached_property
    def _parents(self) -> dict[str, tuple[str, ...]]:
        table: dict[str, list[str]] = {}
        for pair in sorted(self.concordance, key=lambda p: (p.activity, p.strength, p.objective)):
            table.setdefault(f"activity:{pair.activity}", []).append(f"objective:{pair.objective}")
        return {activity: tuple(parents) for activity, parents in table.items()}

    def parents(self, target: str) -> tuple[str, ...]:
        """Objectives that an activity serves, primary ones first; () for an objective."""
        return self._parents.get(target, ())

    def children(self, target: str) -> tuple[str, ...]:
        """Activities that serve an objective, in codebook order; () for an activity."""
        return tuple(label.target for label in self.activities if target in self.parents(label.target))

    @functools.cached_property
    def body_by_id(self) -> dict[str, Body]:
        """Implementers and other bodies by id."""
        return {body.id: body for body in (*self.implementers, *self.bodies)}

    def group_of(self, label: Label) -> str | None:
        """Group of implementers that an activity is given to; None for an objective."""
        if label.implementer is None:
            return None
        body = self.body_by_id.get(label.implementer)
        return body.group if body else label.implementer

    def implementers_of(self, label: Label) -> tuple[str, ...]:
        """Ids of the implementers an activity is given to; a shared activity belongs to all of its group."""
        if label.implementer in {group.id for group in self.groups} - set(self.body_by_id):
            return tuple(body.id for body in self.implementers if body.group == label.implementer)
        return (label.implementer,) if label.implementer else ()

    @functools.cached_property
    def digest(self) -> str:
        """sha256 (hex) of the whole content, whatever the layout of the files."""
        return _digest(self.model_dump(mode="json"))

    @functools.cached_property
    def labels_digest(self) -> str:
        """sha256 (hex) of what a model depends on: the labels' ids and texts. Their order is part of it."""
        fields = {"id", "title", "counts", "terms"}
        return _digest(
            [[label.target, label.model_dump(mode="json", include=fields)] for label in self.labels.values()]
        )


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_program(folder: Path | None = None) -> Program:
    """Return the codebook in `folder`, by default the shipped one (read once per process).

    Raises:
        CodebookError: if a file is missing or malformed, or the parts contradict each other (all faults named).
    """
    return _load((folder or data_root() / "corpus" / "program").resolve())


@functools.cache
def _load(folder: Path) -> Program:
    names = ("general_objectives", "objectives", "groups", "implementers", "bodies", "concordance")
    parts: dict[str, Any] = {name: _yaml(folder / f"{name}.yaml") for name in names}
    parts["activities"] = [row for part in ACTIVITY_FILES for row in _yaml(folder / "activities" / f"{part}.yaml")]
    try:
        program = Program.model_validate(parts)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise CodebookError(folder, places, "Mend these fields, then run: evmap program check") from None
    if faults := check_program(program):
        raise CodebookError(folder, "; ".join(faults[:5]), "Mend these, then run: evmap program check")
    return program


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise CodebookError(path, "missing", "The codebook needs this file; restore it from the release") from None
    except yaml.YAMLError as error:
        raise CodebookError(path, f"not valid YAML: {error}".replace("\n", " ")) from None


def check_program(program: Program) -> list[str]:
    """Return every fault in a codebook as a readable line; [] when it holds together."""
    return [*_check_numbers(program), *_check_texts(program), *_check_references(program)]


def _check_numbers(program: Program) -> list[str]:
    wanted = {"objectives": 20, "activities": 100, "general_objectives": 3}
    faults = []
    for name, count in wanted.items():
        ids = [row.id for row in getattr(program, name)]
        if ids != list(range(1, count + 1)):
            faults.append(f"{name}: expected ids 1 to {count} in order, found {len(ids)}")
    names = [body.id for body in (*program.implementers, *program.bodies)]
    faults += [f"body {i}: defined twice" for i in sorted({i for i in names if names.count(i) > 1})]
    return faults


def _check_texts(program: Program) -> list[str]:
    faults = []
    for label in program.labels.values():
        for field in ("title", "counts", "excludes", "terms"):
            missing = [code for code in LANGUAGES if not getattr(label, field).get(code)]
            if missing:
                faults.append(f"{label.target}: {field} is missing in {', '.join(missing)}")
        long = [code for code, title in label.title.items() if len(_WORD.findall(title)) > TITLE_WORDS]
        if long:
            faults.append(f"{label.target}: title has more than {TITLE_WORDS} words in {', '.join(long)}")
    for code in LANGUAGES:
        titles = [label.title.get(code, "") for label in program.activities]
        faults += [
            f"title used twice ({code}): {title}" for title in sorted({t for t in titles if titles.count(t) > 1})
        ]
    return faults


def _check_references(program: Program) -> list[str]:
    targets, groups = set(program.targets), {group.id for group in program.groups}
    faults = []
    for label in program.labels.values():
        faults += [
            f"{label.target}: unknown look-alike {x.target}" for x in label.confused_with if x.target not in targets
        ]
    for label in program.activities:
        if label.implementer not in {body.id for body in program.implementers} | groups:
            faults.append(f"{label.target}: unknown implementer {label.implementer}")
        if not any(p.activity == label.id and p.strength == "primary" for p in program.concordance):
            faults.append(f"{label.target}: no primary objective in the concordance")
    for body in program.body_by_id.values():
        if body.group not in groups:
            faults.append(f"body {body.id}: unknown group {body.group}")
    pairs = [(pair.activity, pair.objective) for pair in program.concordance]
    faults += [f"concordance: {pair} twice" for pair in sorted({p for p in pairs if pairs.count(p) > 1})]
    faults += [
        f"concordance: unknown {target}"
        for pair in program.concordance
        for target in (f"activity:{pair.activity}", f"objective:{pair.objective}")
        if target not in targets
    ]
    lonely = [o.id for o in program.objectives if not program.children(o.target)]
    faults += [f"objective:{number}: no activity serves it in the concordance" for number in lonely]
    return faults


def label_text(label: Label) -> dict[Language, str]:
    """Return per language the text that stands for a label when it is embedded: title, what counts, terms."""
    return {code: f"{label.title[code]}. {label.counts[code]} ({', '.join(label.terms[code])})" for code in LANGUAGES}
