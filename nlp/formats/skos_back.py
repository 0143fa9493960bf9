"""A codebook that comes back from SKOS: read, checked, and written as the YAML files of a codebook folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nlp.errors import CodebookError, UsageError
from nlp.formats.making import making_folder
from nlp.formats.skos import SUFFIXES, rdf
from nlp.program import Program, check_program

Row = dict[str, Any]
LONG_LINES = 1_000_000  # YAML folds no text


def read_program(path: Path) -> Program:
    """Return the codebook of a Turtle or JSON-LD file as `nlp.formats.skos` writes it.

    Order, rules and reasons come from the names of ours; another tool may have edited labels, notes and relations.

    Raises:
        UsageError: if the file cannot be read, or is neither. CodebookError: if it holds no codebook, or one whose
            parts contradict each other. MissingExtra: without rdflib.
    """
    found = _Read(path)
    try:
        program = Program.model_validate(_parts(found))
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise CodebookError(path, places, "Mend these and import again") from None
    if faults := check_program(program):
        raise CodebookError(path, "; ".join(faults[:5]), "Mend these and import again")
    return program


class _Read:
    """A graph, asked by the names that `skos` writes."""

    def __init__(self, path: Path) -> None:
        self.rdf = rdf()
        self.graph = self.rdf.Graph()
        try:
            self.graph.parse(data=path.read_bytes(), format=SUFFIXES.get(path.suffix, "turtle"))
        except OSError as error:
            raise UsageError(path, (error.strerror or "cannot be read").lower()) from None
        except (SyntaxError, ValueError) as error:
            raise UsageError(path, f"no SKOS in it: {' '.join(str(error).split())[:200]}") from None
        schemes = [str(node) for node in self.graph.subjects(self.rdf.RDF.type, self.rdf.SKOS.ConceptScheme)]
        base = next((name.removesuffix("codebook") for name in schemes if name.endswith("codebook")), None)
        if base is None:
            raise CodebookError(
                path, "no concept scheme named codebook", "Export one first: evmap export --format skos"
            )
        self.base, self.own, self.skos = base, self.rdf.Namespace(f"{base}terms:"), self.rdf.SKOS

    def name(self, node: Any) -> str:
        """The name of a thing of ours, such as "activity:54"."""
        return str(node).removeprefix(self.base)

    def id_of(self, node: Any) -> str:
        """What stands behind the kind in the name of a thing of ours, such as "54"."""
        return self.name(node).partition(":")[2]

    def one(self, node: Any, name: str) -> Any:
        """The value under a name of ours, None where there is none."""
        value = self.graph.value(node, self.own[name])
        return None if value is None else value.toPython()

    def texts(self, node: Any, name: Any) -> dict[str, str]:
        """Texts by language, under any vocabulary's name."""
        return {str(word.language): str(word) for word in self.graph.objects(node, name)}

    def members(self, node: Any, name: str) -> list[Any]:
        """A list in order under a name of ours, empty where there is none."""
        head = self.graph.value(node, self.own[name])
        return [] if head is None else list(self.rdf.collection.Collection(self.graph, head))

    def lists(self, node: Any, name: str, languages: Any) -> dict[str, list[str]]:
        """Lists by language; a language without one has the empty list."""
        found: dict[str, list[str]] = {language: [] for language in languages}
        for head in self.graph.objects(node, self.own[name]):
            words = list(self.rdf.collection.Collection(self.graph, head))
            found[str(words[0].language)] = [str(word) for word in words]
        return found

    def others(self, node: Any, languages: Any) -> dict[str, list[str]]:
        """Alternative labels in the order of the alphabet, for codebooks whose terms have no order of ours."""
        words = sorted(self.graph.objects(node, self.skos.altLabel), key=str)
        return {code: [str(word) for word in words if word.language == code] for code in languages}

    def of_kind(self, kind: str) -> list[Any]:
        """The concepts of a kind, such as "activity", by their numbers."""
        nodes = self.graph.subjects(self.own["kind"], self.rdf.Literal(kind))
        return sorted(nodes, key=lambda node: self.one(node, "number"))


def _parts(found: _Read) -> Row:
    makers: dict[str, tuple[str, Callable[[_Read, Any], Row]]] = {
        "general_objectives": ("general_objective", _general),
        "objectives": ("objective", _label),
        "activities": ("activity", _label),
        "groups": ("group", _group),
        "implementers": ("implementer", _body),
        "bodies": ("body", _body),
    }
    parts: Row = {name: [make(found, node) for node in found.of_kind(kind)] for name, (kind, make) in makers.items()}
    return {"about": _charter(found), **parts, "concordance": [*_pairs(found)]}


def _charter(found: _Read) -> Any:
    """What the programme is; a codebook of which nobody says it has no charter."""
    told = found.one(found.rdf.URIRef(f"{found.base}codebook"), "charter")
    try:
        return json.loads(told or "")
    except ValueError:
        raise CodebookError(found.base, "no charter of the programme in it", "Export one first: evmap export") from None


def _general(found: _Read, node: Any) -> Row:
    return {
        "id": found.one(node, "number"),
        "article": found.one(node, "article"),
        "title": found.texts(node, found.skos.prefLabel),
        "counts": found.texts(node, found.skos.definition),
    }


def _label(found: _Read, node: Any) -> Row:
    row = _general(found, node)
    terms = found.lists(node, "terms", row["title"])
    implementer = found.graph.value(node, found.own["implementer"])
    return {
        **row,
        "excludes": found.texts(node, found.skos.scopeNote),
        "confused_with": [
            {"target": found.name(found.graph.value(alike, found.own["target"])), "rule": found.one(alike, "rule")}
            for alike in found.members(node, "lookAlikes")
        ],
        "terms": terms if any(terms.values()) else found.others(node, row["title"]),
        "implementer": found.id_of(implementer) if implementer else None,
        "conditions": [str(word) for word in found.members(node, "conditions")],
    }


def _group(found: _Read, node: Any) -> Row:
    titles = found.texts(node, found.skos.prefLabel)
    return {"id": found.id_of(node), "article": found.one(node, "article"), "title": titles}


def _body(found: _Read, node: Any) -> Row:
    names = found.texts(node, found.skos.prefLabel)
    return {
        "id": found.id_of(node),
        "group": found.id_of(found.graph.value(node, found.skos.broader)),
        "article": found.one(node, "article"),
        "names": names,
        "acronyms": found.lists(node, "acronyms", names),
        "aliases": found.lists(node, "aliases", names),
        "heads": [str(word) for word in found.members(node, "heads")],
        "successors": [
            {
                "name": found.texts(later, found.own["name"]),
                "acronyms": [str(word) for word in found.members(later, "acronym")],
                "since": found.one(later, "since"),
            }
            for later in found.members(node, "successors")
        ],
    }


def _pairs(found: _Read) -> Iterator[Row]:
    scheme = found.rdf.URIRef(f"{found.base}codebook")
    for pair in found.members(scheme, "concordance"):
        ends = {name: found.graph.value(pair, found.own[name]) for name in ("activity", "objective")}
        numbers = {name: int(found.id_of(end)) for name, end in ends.items()}
        yield {**numbers, "strength": found.one(pair, "strength"), "reason": found.one(pair, "reason")}


def write_program(program: Program, folder: Path) -> list[Path]:
    """Write a codebook as the YAML files of a codebook folder, which `load_program` reads.

    Raises:
        UsageError: if `folder` holds anything, or cannot be written.
    """
    content = program.model_dump(mode="json", exclude_defaults=True)
    about = content.pop("about")
    wanted = {"objectives", *(["activities"] if program.activities else []), *program.about.parts}
    files = {"program": about, **{name: rows for name, rows in content.items() if name in wanted}}
    with making_folder(folder) as draft:
        for name, rows in files.items():
            text = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=LONG_LINES)
            (draft / f"{name}.yaml").write_text(text, "utf-8")
    return [folder / f"{name}.yaml" for name in files]
