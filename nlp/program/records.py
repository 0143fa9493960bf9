"""A programme as records: its charter, labels, implementers, and the concordance of its two levels of labels."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "es", "pt", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "pt", "fr")
"""The languages that can be read; a programme has labels in all or some of them."""
KINDS = ("objective", "activity")
"""What targets begin with: the labels of the upper level and those of the lower, whatever a programme calls them."""
Part = Literal["general_objectives", "groups", "implementers", "bodies", "concordance"]
Condition = Literal[
    "on_request",
    "within_existing_resources",
    "domestic_law",
    "funding_permitting",
    "for_consideration",
    "national_regulations",
    "when_possible",
]
Texts = dict[Language, str]
TextLists = dict[Language, list[str]]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Row):
    """One level of labels.

    Attributes:
        count: how many labels it has; 0 where a programme has no such level.
        called: by language, what one and what several of them are called: ("objective", "objectives").
    """

    count: int = Field(ge=0)
    called: dict[Language, tuple[str, str]]

    def name(self, count: int = 1, language: str = "en") -> str:
        """What one, or several, are called in a language; in the first one there is where it has no name in it."""
        names = {str(code): pair for code, pair in self.called.items()}
        one, several = names.get(language) or next(iter(names.values()))
        return one if count == 1 else several


class Charter(_Row):
    """What a programme is, apart from its labels: ``program.yaml``.

    Attributes:
        id: short name, lower case. edition, source: which version, and where it is set down.
        languages: those that all labels are written in; the first is the one used where another is asked for.
        objectives, activities: the upper and the lower level. general_objectives: how many.
        parts: files that the programme has beside its labels.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: Texts
    edition: str
    source: str
    languages: tuple[Language, ...] = Field(min_length=1)
    objectives: Level
    activities: Level
    general_objectives: int = 0
    parts: tuple[Part, ...] = ()


class LookAlike(_Row):
    """A label that readers confuse with this one, and the rule that tells them apart."""

    target: str
    rule: str


class GeneralObjective(_Row):
    """A general objective: what the labels serve, no target itself."""

    id: int
    article: str
    title: Texts
    counts: Texts


class Label(GeneralObjective):
    """An objective, or any label of the upper level: short title, what counts, what does not, look-alikes, terms."""

    kind: ClassVar[str] = "objective"
    excludes: Texts
    confused_with: list[LookAlike] = []
    terms: TextLists
    implementer: str | None = None
    conditions: list[Condition] = []

    @property
    def target(self) -> str:
        """ "objective:N" or "activity:N"."""
        return f"{self.kind}:{self.id}"


class Activity(Label):
    """A label of the lower level."""

    kind: ClassVar[str] = "activity"


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

    def name(self, language: str = "en") -> str:
        """Its name in a language, in English or the programme's first language where it has none in that one."""
        names = {str(code): name for code, name in self.names.items()}
        return names.get(language) or names.get("en") or next(iter(names.values()))


class Group(_Row):
    """A group of implementers, such as states."""

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
        about: what it is, and what there should be. It is no part of the digests, which follow the content.
        objectives, activities: labels of the upper and the lower level, both in order of their numbers.
        implementers: the Program's own; bodies: others that reports name.
        concordance: objectives x activities.
    """

    about: Charter
    general_objectives: list[GeneralObjective]
    objectives: list[Label]
    activities: list[Activity]
    groups: list[Group]
    implementers: list[Body]
    bodies: list[Body]
    concordance: list[Pair]

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that all labels are written in."""
        return self.about.languages

    @property
    def levels(self) -> dict[str, Level]:
        """The levels that have labels, by the kind that their targets begin with: "objective", "activity"."""
        both = dict(zip(KINDS, (self.about.objectives, self.about.activities), strict=True))
        return {kind: level for kind, level in both.items() if level.count}

    @property
    def top(self) -> tuple[Label, ...]:
        """The labels of the upper level, in codebook order."""
        return tuple(self.objectives)

    def title(self, language: str = "en") -> str:
        """What the programme is called, in its first language where it has no title in that one."""
        titles = {str(code): title for code, title in self.about.title.items()}
        return titles.get(language) or titles[self.languages[0]]

    def counted(self, language: str = "en") -> str:
        """How many labels there are: "20 objectives and 100 activities"."""
        parts = [f"{level.count} {level.name(level.count, language)}" for level in self.levels.values()]
        return {"es": " y ", "pt": " e ", "fr": " et "}.get(language, " and ").join(parts)

    @functools.cached_property
    def labels(self) -> dict[str, Label]:
        """All labels by target, objectives first, in codebook order."""
        return {label.target: label for label in (*self.objectives, *self.activities)}

    @property
    def written(self) -> str:
        """How its targets are written: "objective:1 to objective:20 or activity:1 to activity:100"."""
        return " or ".join(f"{kind}:1 to {kind}:{level.count}" for kind, level in self.levels.items())

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets in codebook order."""
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
        return _digest(self.model_dump(mode="json", exclude={"about"}))

    @functools.cached_property
    def labels_digest(self) -> str:
        """sha256 (hex) of what a model depends on: the labels' ids and texts. Their order is part of it."""
        fields = {"id", "title", "counts", "terms"}
        return _digest(
            [[label.target, label.model_dump(mode="json", include=fields)] for label in self.labels.values()]
        )


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def label_text(label: Label, languages: tuple[Language, ...] = LANGUAGES) -> dict[Language, str]:
    """Return per language the text that stands for a label when it is embedded: title, what counts, terms."""
    return {code: f"{label.title[code]}. {label.counts[code]} ({', '.join(label.terms[code])})" for code in languages}
