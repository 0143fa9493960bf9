"""Covers, profiles and briefs of a finished run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from nlp.copies.cover.claims import Claim, address, claims_of
from nlp.copies.cover.making import brief, cover, profile, title_of_row
from nlp.copies.cover.paper import Paper
from nlp.copies.finding import from_links
from nlp.copies.phrases import say
from nlp.errors import UsageError
from nlp.program import Program
from nlp.seal import TEXT, require_finished
from nlp.writers.walk import Row, Rows

_NEEDED = ("documents.jsonl", "passages.jsonl", "links.jsonl", "ledger.jsonl", TEXT)
REPORT = "report.html"


@dataclass(frozen=True)
class Corpus:
    """What covers, profiles and briefs are made of.

    Attributes:
        documents: rows of documents.jsonl, with status and reason of their ledger row. entries: the ledger.
        claims: of all documents. bodies: names of acting bodies, by document. run: run.json.
        everything: whether claims are shown that are still to be reviewed.
    """

    documents: list[Row]
    entries: list[Row]
    claims: list[Claim]
    bodies: Mapping[str, set[str]]
    run: Row
    everything: bool = False

    @classmethod
    def load(cls, out: Path, program: Program, language: str, everything: bool = False) -> Corpus:
        """Read a finished run.

        Args:
            everything: whether to show claims of the review lane too.

        Raises:
            UsageError: if it is not finished.
        """
        require_finished(out, _NEEDED)
        rows = Rows.of(out)
        entries = [*rows.read("ledger.jsonl")]
        status = {entry["document_id"]: entry for entry in entries if not entry.get("same_as")}
        documents = [
            {**row, **{key: status.get(row["document_id"], {}).get(key) for key in ("status", "reason")}}
            for row in rows.read("documents.jsonl")
        ]
        documents = [{**row, "status": row["status"] or "ok"} for row in documents]
        actors = {row["passage_id"]: row for row in rows.read("passages.jsonl")}
        bodies: dict[str, set[str]] = {}
        for row in actors.values():
            bodies.setdefault(row["document_id"], set()).add(row["implementer_text"] or "")
        links: dict[str, list[Row]] = {}
        for link in rows.read("links.jsonl"):
            links.setdefault(link["document_id"], []).append(link)
        claims = [
            claim
            for row in documents
            for claim in _claims(row, links.get(row["document_id"], []), rows.text(row), actors, program, language)
        ]
        return cls(documents, entries, claims, bodies, rows.manifest, everything)

    def linked(self, base: str) -> Corpus:
        """The same with addresses of quotes in a report.html at `base`."""
        claims = [replace(claim, href=address(base, claim.document_id, claim.finding)) for claim in self.claims]
        return replace(self, claims=claims)

    def named(self, document: str) -> Row:
        """Return the one document whose file, title, symbol or id holds these words.

        Raises:
            UsageError: if there is none, or several.
        """
        found = [row for row in self.documents if _is_called(row, document)]
        if len(found) != 1:
            names = ", ".join(PurePath(row["inputs"][0]).name for row in (found or self.documents)[:8])
            raise UsageError(document, f"{len(found)} documents are called so", f"Name one of: {names}")
        return found[0]


def _claims(
    row: Row, links: list[Row], text: str, actors: Mapping[str, Row], program: Program, language: str
) -> Iterator[Claim]:
    by_key = {link["link_id"]: link for link in links}
    for claim in claims_of(from_links(links, program, language), text, row["document_id"], title_of_row(row)):
        actor = actors.get(by_key[claim.finding.key]["passage_id"], {})
        yield replace(claim, actor=_actor(claim.finding.implementer, actor.get("implementer_text"), program, language))


def _actor(implementer: str | None, written: str | None, program: Program, language: str) -> str:
    body = program.body_by_id.get(implementer or "")
    return body.name(language) if body else written or implementer or ""


def _is_called(row: Row, words: str) -> bool:
    names = [*row["inputs"], row.get("title") or "", row.get("symbol") or ""]
    return row["document_id"].startswith(words.lower()) or any(words.casefold() in name.casefold() for name in names)


def cover_of(corpus: Corpus, document: str | None, program: Program, language: str) -> Paper:
    """Return the cover of one document; of the only one where none is named."""
    row = corpus.documents[0] if document is None and len(corpus.documents) == 1 else corpus.named(document or "")
    claims = [claim for claim in corpus.claims if claim.document_id == row["document_id"]]
    told = {key: corpus.run.get(key) for key in ("evmap", "model", "program")}
    return cover({**row, **told}, claims, program, language, corpus.everything)


def implementer_of(corpus: Corpus, implementer: str, program: Program, language: str) -> Paper:
    """Return the profile of an implementer: an id of the codebook, or words of its name or acronym.

    Raises:
        UsageError: if the codebook knows no such body, or several.
    """
    body = program.body_by_id.get(implementer)
    if body is None:
        wanted = implementer.casefold()
        found = [
            one
            for one in program.body_by_id.values()
            if any(wanted in name.casefold() for name in one.names.values())
            or any(wanted == word.casefold() for words in one.acronyms.values() for word in words)
        ]
        if len(found) != 1:
            names = ", ".join(one.id for one in (found or list(program.body_by_id.values()))[:12])
            raise UsageError(implementer, f"{len(found)} implementers are called so", f"Name one of: {names}")
        body = found[0]
    names_of: dict[str, str] = dict(body.names.items())
    name = names_of.get(language) or names_of["en"]
    claims = [claim for claim in corpus.claims if claim.finding.implementer == body.id]
    return _profile(corpus, name, say("chosen_body", language, name=name), claims, program, language)


def country_of(corpus: Corpus, country: str, program: Program, language: str) -> Paper:
    """Return the profile of a country: of the reports that name it in title, file name, or acting bodies.

    Raises:
        UsageError: if no report does.
    """
    wanted = country.casefold()

    def names_it(row: Row) -> bool:
        names = [*row["inputs"], row.get("title") or "", *corpus.bodies.get(row["document_id"], ())]
        return any(wanted in name.casefold() for name in names)

    chosen = {row["document_id"] for row in corpus.documents if names_it(row)}
    if not chosen:
        raise UsageError(country, "no report names it", "Name it as the reports write it")
    claims = [claim for claim in corpus.claims if claim.document_id in chosen]
    return _profile(corpus, country, say("chosen_country", language, name=country), claims, program, language)


def _profile(corpus: Corpus, name: str, chosen: str, claims: list[Claim], program: Program, language: str) -> Paper:
    there = {claim.document_id for claim in claims}
    documents = [row for row in corpus.documents if row["document_id"] in there]
    return profile(name, chosen, documents, claims, corpus.run, program, language, corpus.everything)


def brief_of(corpus: Corpus, title: str, program: Program, language: str) -> Paper:
    """Return the brief of the whole corpus."""
    return brief(
        title, corpus.documents, corpus.entries, corpus.claims, corpus.run, program, language, corpus.everything
    )
