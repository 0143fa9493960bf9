"""`Corpus`: what `nlp.open` returns: tables, their parts one by one, and the questions."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from nlp.corpus import show
from nlp.corpus.finding import find_link, find_passage, find_report
from nlp.corpus.parts import Link, Passage, Report
from nlp.corpus.questions import Questions
from nlp.corpus.tables import Tables


@dataclass(frozen=True, repr=False)
class Corpus(Questions):
    """What one or several runs found, ready to be asked. Made by `nlp.open`; nothing changes it."""

    def report(self, document: str) -> Report:
        """Return a document by the beginning of its id, its symbol, or words of its title.

        Raises:
            UsageError: if there is none, or several.
        """
        return find_report(self, document)

    def link(self, link_id: str) -> Link:
        """Return a link with its context.

        Raises:
            UsageError: if there is no such link.
        """
        return find_link(self, link_id)

    def passage(self, passage_id: str) -> Passage:
        """Return a passage with its text.

        Raises:
            UsageError: if there is no such passage.
        """
        return find_passage(self, passage_id)

    def __repr__(self) -> str:
        return _text(self)

    def _repr_html_(self) -> str:
        return _html(self)


def _facts(corpus: Tables) -> list[tuple[str, str]]:
    counts = corpus.counts()
    summary = corpus.sql("""SELECT string_agg(DISTINCT language, ', ' ORDER BY language) AS languages,
        min(year) AS first, max(year) AS last FROM documents""").iloc[0]
    years = "unknown" if str(summary["first"]) == "<NA>" else f"{summary['first']} to {summary['last']}"
    standing = ", ".join(f"{counts[name]:,} {name}" for name in ("confirmed", "suggested", "review"))
    return [
        ("documents", f"{counts['documents']:,}"), ("passages", f"{counts['passages']:,}"),
        ("links", f"{counts['links']:,} ({standing})"), ("languages", str(summary["languages"])), ("years", years),
        ("narrowed to", corpus.said or "everything"), ("run", corpus.digest),
    ]  # fmt: skip


def _text(corpus: Tables) -> str:
    """Lines for a terminal."""
    return "\n".join(["<Corpus>", *(f"  {name:<12} {value}" for name, value in _facts(corpus))])


def _html(corpus: Tables) -> str:
    """The same as a table, and what to try next."""
    rows = ((f"<b>{escape(name)}</b>", show.foreign(value)) for name, value in _facts(corpus))
    hint = show.small(
        "Frames: .documents .passages .links .coverage. Questions: .evidence_map() .gap_map() .timeline() ..."
    )
    return show.table(("corpus", ""), rows) + hint
