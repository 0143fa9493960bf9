"""SKOS: the codebook with its concordance, and the bodies with their groups, as two concept schemes.

Model: SKOS Reference (W3C Recommendation, 2009). Titles are preferred labels, terms alternative ones, what counts is
the definition, what does not the scope note; an activity is narrower than the objectives that the concordance gives it.
What SKOS has no word for, and the order of things, stands under names of ours: `TERMS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp.extras import need
from nlp.formats.making import making
from nlp.formats.source import Source
from nlp.program import Body, GeneralObjective, Label, Program

SUFFIXES = {".ttl": "turtle", ".jsonld": "json-ld", ".json": "json-ld"}
TERMS = {
    "charter": "what the programme is and how many labels it has, as JSON (on the scheme of labels)",
    "kind": "what a concept is: general_objective, objective, activity, group, implementer (of the Program), body",
    "number": "its number, or its place among its kind",
    "article": "article of the Program that it restates",
    "terms": "what reports call it, a list per language, in order (alternative labels have none)",
    "acronyms": "its acronyms, a list per language, in order",
    "aliases": "other names, a list per language, in order",
    "heads": "first words of names of its sort, a list",
    "implementer": "body or group that the activity is given to",
    "conditions": "conditions under which it is to be done, a list",
    "lookAlikes": "labels that readers confuse with it, a list of nodes with `target` and `rule`",
    "target": "label that a look-alike names",
    "rule": "what tells it apart",
    "successors": "bodies that took over, a list of nodes with `name`, `acronym` and `since`",
    "name": "name of a successor", "acronym": "acronyms of a successor, a list", "since": "year that it took over",
    "concordance": "all pairs, a list of nodes with `activity`, `objective`, `strength` and `reason`",
    "activity": "activity of a pair", "objective": "objective of a pair",
    "strength": "primary or secondary", "reason": "why the activity serves the objective",
}  # fmt: skip
CODEBOOK, BODIES = "codebook", "bodies"


def write(source: Source, path: Path) -> list[Path]:
    """Write the codebook as Turtle, or as JSON-LD where `path` ends in .json or .jsonld.

    Raises:
        UsageError: if it cannot be written. MissingExtra: without rdflib.
    """
    form = SUFFIXES.get(path.suffix, "turtle")
    content = graph(source.program, source.options.base).serialize(format=form)
    if form == "json-ld":
        content = json.dumps(_in_order(json.loads(content)), ensure_ascii=False, indent=1) + "\n"
    with making(path) as draft:
        draft.write_text(content, "utf-8")
    return [path]


def _in_order(value: Any, listed: bool = False) -> Any:
    """JSON-LD with what has no order put in one, so that the same codebook gives the same bytes."""
    if isinstance(value, dict):
        return {key: _in_order(value[key], listed=key == "@list") for key in sorted(value)}
    if isinstance(value, list):
        found = [_in_order(part) for part in value]
        return found if listed else sorted(found, key=lambda part: json.dumps(part, sort_keys=True))
    return value


def rdf() -> Any:
    """Return rdflib.

    Raises:
        MissingExtra: if it is not installed.
    """
    need("rdflib.collection", "rdf", "SKOS")
    return need("rdflib", "rdf", "SKOS")


def graph(program: Program, base: str) -> Any:
    """Return the codebook as an rdflib graph; ids stand behind `base`."""
    drawn = _Drawing(base)
    skos, scheme, bodies = drawn.skos, drawn.iri(CODEBOOK), drawn.iri(BODIES)
    for node, titles in ((scheme, program.about.title), (bodies, {"en": "Bodies that act"})):
        drawn.add(node, drawn.rdf.RDF.type, skos.ConceptScheme)
        drawn.texts(node, skos.prefLabel, titles)
        drawn.add(node, drawn.rdf.OWL.versionInfo, drawn.rdf.Literal(program.digest))
    drawn.set(scheme, "charter", program.about.model_dump_json())
    _draw_labels(drawn, program, scheme)
    _draw_bodies(drawn, program, bodies)
    pairs = [
        drawn.node({
            "activity": drawn.iri(f"activity:{pair.activity}"), "objective": drawn.iri(f"objective:{pair.objective}"),
            "strength": drawn.rdf.Literal(pair.strength), "reason": drawn.words(pair.reason, "en"),
        })
        for pair in program.concordance
    ]  # fmt: skip
    drawn.listed(scheme, "concordance", pairs)
    return drawn.graph


class _Drawing:
    """A graph with the few strokes that a codebook takes."""

    def __init__(self, base: str) -> None:
        self.rdf, self.base, self._count = rdf(), base, 0
        self.graph = self.rdf.Graph()
        self.own = self.rdf.Namespace(f"{base}terms:")
        self.skos = self.rdf.SKOS
        self.graph.bind("evmap", self.own)
        self.graph.bind("skos", self.skos)

    def iri(self, name: str) -> Any:
        """The IRI of a thing of ours, such as "activity:54"."""
        return self.rdf.URIRef(f"{self.base}{name}")

    def blank(self) -> Any:
        """A nameless node, numbered so that the same codebook gives the same bytes."""
        self._count += 1
        return self.rdf.BNode(f"n{self._count:06}")

    def words(self, text: str, language: str) -> Any:
        """A text in a language ("en", "es", "pt", "fr")."""
        return self.rdf.Literal(text, lang=language)

    def add(self, subject: Any, name: Any, value: Any) -> None:
        """One statement, under any vocabulary's name."""
        self.graph.add((subject, name, value))

    def set(self, subject: Any, name: str, value: Any) -> None:
        """A literal under a name of ours, none for None."""
        if value is not None:
            self.add(subject, self.own[name], self.rdf.Literal(value))

    def texts(self, subject: Any, name: Any, texts: Mapping[Any, str]) -> None:
        """One text in each language."""
        for language, text in texts.items():
            self.add(subject, name, self.words(text, language))

    def node(self, values: Mapping[str, Any]) -> Any:
        """A nameless node with values under names of ours."""
        blank = self.blank()
        for name, value in values.items():
            self.add(blank, self.own[name], value)
        return blank

    def listed(self, subject: Any, name: str, members: Sequence[Any]) -> None:
        """A list in order; an empty one is the list that ends at once."""
        head = self.blank() if members else self.rdf.RDF.nil
        self.rdf.collection.Collection(self.graph, head, list(members))
        self.add(subject, self.own[name], head)

    def lists(self, subject: Any, name: str, texts: Mapping[Any, Sequence[str]]) -> None:
        """A list of texts in each language that has some."""
        for language, found in texts.items():
            if found:
                self.listed(subject, name, [self.words(text, language) for text in found])

    def also(self, subject: Any, preferred: Mapping[Any, str], others: Iterable[Mapping[Any, Sequence[str]]]) -> None:
        """Alternative labels; what is the preferred one already is none (SKOS S13)."""
        for language, found in (pair for texts in others for pair in texts.items()):
            for text in found:
                if text != preferred.get(language):
                    self.add(subject, self.skos.altLabel, self.words(text, language))

    def concept(self, scheme: Any, node: Any, kind: str, notation: str, titles: Mapping[Any, str], top: bool) -> None:
        """A concept of a scheme: its kind and notation, its titles, and whether it stands at the top."""
        self.add(node, self.rdf.RDF.type, self.skos.Concept)
        self.add(node, self.skos.inScheme, scheme)
        self.add(node, self.skos.notation, self.rdf.Literal(notation, datatype=self.own["Notation"]))
        self.set(node, "kind", kind)
        self.texts(node, self.skos.prefLabel, titles)
        if top:
            self.add(scheme, self.skos.hasTopConcept, node)
            self.add(node, self.skos.topConceptOf, scheme)


def _draw_labels(drawn: _Drawing, program: Program, scheme: Any) -> None:
    for general in program.general_objectives:
        node = drawn.iri(name := f"general_objective:{general.id}")
        drawn.concept(scheme, node, "general_objective", name, general.title, top=True)
        _draw_general(drawn, node, general)
    for target, label in program.labels.items():
        node = drawn.iri(target)
        parents = program.parents(target)
        drawn.concept(scheme, node, target.partition(":")[0], target, label.title, top=not parents)
        _draw_general(drawn, node, label)
        _draw_label(drawn, node, label, program)
        for parent in parents:
            drawn.add(node, drawn.skos.broader, drawn.iri(parent))
            drawn.add(drawn.iri(parent), drawn.skos.narrower, node)
        for other in _related(program, target):
            drawn.add(node, drawn.skos.related, drawn.iri(other))
            drawn.add(drawn.iri(other), drawn.skos.related, node)


def _draw_general(drawn: _Drawing, node: Any, label: GeneralObjective) -> None:
    drawn.set(node, "number", label.id)
    drawn.set(node, "article", label.article)
    drawn.texts(node, drawn.skos.definition, label.counts)


def _draw_label(drawn: _Drawing, node: Any, label: Label, program: Program) -> None:
    drawn.texts(node, drawn.skos.scopeNote, label.excludes)
    drawn.also(node, label.title, [label.terms])
    drawn.lists(node, "terms", label.terms)
    if label.implementer:
        kind = "body" if label.implementer in program.body_by_id else "group"
        drawn.add(node, drawn.own["implementer"], drawn.iri(f"{kind}:{label.implementer}"))
    drawn.listed(node, "conditions", [drawn.rdf.Literal(condition) for condition in label.conditions])
    alike = [
        drawn.node({"target": drawn.iri(other.target), "rule": drawn.words(other.rule, "en")})
        for other in label.confused_with
    ]
    drawn.listed(node, "lookAlikes", alike)


def _related(program: Program, target: str) -> list[str]:
    """Look-alikes that are neither above nor below it: SKOS (S27) lets nothing be both related and broader."""
    lines = {*program.parents(target), *program.children(target), target}
    return [other.target for other in program.labels[target].confused_with if other.target not in lines]


def _draw_bodies(drawn: _Drawing, program: Program, scheme: Any) -> None:
    for place, group in enumerate(program.groups, 1):
        node = drawn.iri(name := f"group:{group.id}")
        drawn.concept(scheme, node, "group", name, group.title, top=True)
        drawn.set(node, "number", place)
        drawn.set(node, "article", group.article)
    for kind, bodies in (("implementer", program.implementers), ("body", program.bodies)):
        for place, body in enumerate(bodies, 1):
            node, above = drawn.iri(name := f"body:{body.id}"), drawn.iri(f"group:{body.group}")
            drawn.concept(scheme, node, kind, name, body.names, top=False)
            drawn.set(node, "number", place)
            drawn.add(node, drawn.skos.broader, above)
            drawn.add(above, drawn.skos.narrower, node)
            _draw_body(drawn, node, body)


def _draw_body(drawn: _Drawing, node: Any, body: Body) -> None:
    drawn.set(node, "article", body.article)
    drawn.also(node, body.names, [body.acronyms, body.aliases])
    drawn.lists(node, "acronyms", body.acronyms)
    drawn.lists(node, "aliases", body.aliases)
    drawn.listed(node, "heads", [drawn.rdf.Literal(head) for head in body.heads])
    successors = []
    for found in body.successors:
        blank = drawn.blank()
        drawn.texts(blank, drawn.own["name"], found.name)
        drawn.listed(blank, "acronym", [drawn.rdf.Literal(text) for text in found.acronyms])
        drawn.set(blank, "since", found.since)
        successors.append(blank)
    drawn.listed(node, "successors", successors)
