"""Reports, passages and links, looked up in the tables of a corpus."""

from __future__ import annotations

from typing import Any

from nlp.corpus.asking import words
from nlp.corpus.parts import SHOWN, Evidence, Link, Passage, Report
from nlp.corpus.sql import literal
from nlp.corpus.tables import Tables
from nlp.corpus.views import STANDS
from nlp.errors import UsageError
from nlp.program import Program
from nlp.review.records import HOLDS

CONTEXT = 400  # characters of a passage shown on either side of a quote
CITATION = """coalesce(nullif(concat_ws(', ', {d}.title, {d}.symbol, coalesce({d}.date::VARCHAR, {d}.year::VARCHAR),
    'p. ' || {p}.page), ''), 'untitled') AS citation"""  # title, symbol, date or year, page, of what is known
SELECT = f"""SELECT l.*, p.start AS passage_start,
    coalesce(i.name, p.implementer, p.implementer_text, b.name, l.body, '') AS who, {CITATION.format(d="l", p="l")}
    FROM links l JOIN passages p ON l.run = p.run AND l.passage_id = p.passage_id
    LEFT JOIN bodies i ON i.id = p.implementer LEFT JOIN bodies b ON b.id = l.body
    ORDER BY l.state NOT IN {STANDS}, l.probability DESC NULLS FIRST, l.run, l.file_row_number"""


def evidence_of(corpus: Tables, limit: int | None = None) -> Evidence:
    """Return the links of a corpus, the confirmed first, then by probability; the frame holds all, `links` the first.

    Args:
        limit: how many become objects.
    """
    frame = corpus.typed(corpus.arrow(SELECT).drop_columns(["file_row_number"]))
    firsts = corpus.arrow(f"""SELECT s.*, x.text FROM (SELECT * FROM ({SELECT}) LIMIT {limit or len(frame)}) s
        JOIN texts x ON s.run = x.run AND s.passage_id = x.passage_id
        ORDER BY state NOT IN {STANDS}, probability DESC NULLS FIRST, s.run, s.file_row_number""").to_pylist()
    documents = frame["document_id"].nunique()
    links, held = words(len(frame), "link"), words(documents, "document")
    title = f"{links} in {held} ({corpus.said or 'everything'}); run {corpus.digest}"
    kept = ["who", "treatment", "date", "year", "target", "label", "quote", "citation", "probability", "lane", "state",
            "title", "symbol", "page", "language", "link_id", "passage_id", "document_id", "run"]  # fmt: skip
    return Evidence(tuple(map(_link, firsts)), frame[kept], title)


def find_link(corpus: Tables, link_id: str) -> Link:
    """Return the link of this id."""
    found = evidence_of(corpus.filter(link=link_id))
    if not found.links:
        raise UsageError(link_id, "no such link here", "Look in .links, or take filters away")
    return found.links[0]


def find_passage(corpus: Tables, passage_id: str) -> Passage:
    """Return the passage of this id."""
    rows = corpus.arrow(
        f"""SELECT p.start, x.text, {CITATION.format(d="d", p="p")} FROM passages p
        JOIN texts x ON p.run = x.run AND p.passage_id = x.passage_id
        JOIN documents d ON p.run = d.run AND p.document_id = d.document_id
        WHERE p.passage_id = {literal(passage_id)}"""
    ).to_pylist()
    if not rows:
        raise UsageError(passage_id, "no such passage here", "Look in .passages, or take filters away")
    row, links = rows[0], corpus.filter(passage=passage_id)
    spans = links.arrow('SELECT start, "end" FROM links').to_pylist()
    inside = tuple((span["start"] - row["start"], span["end"] - row["start"]) for span in spans)
    return Passage(passage_id, row["text"], row["citation"], inside, evidence_of(links).links)


def find_report(corpus: Tables, document: str) -> Report:
    """Return the document whose id, symbol or title this is, or begins or holds it."""
    wanted = literal(document)
    rows = corpus.arrow(
        f"""SELECT * FROM documents WHERE starts_with(document_id, {wanted}) OR symbol = {wanted}
        OR contains(lower(title), lower({wanted})) OR contains(lower(inputs[1]), lower({wanted}))"""
    ).to_pylist()
    if len({row["document_id"] for row in rows}) != 1:
        hint = ", ".join(f"{row['title'] or row['inputs'][0]} ({row['document_id'][:8]})" for row in rows[:5])
        raise UsageError(document, f"{len(rows) or 'no'} documents are called so", hint or "Look in .documents")
    row = rows[0]
    own = corpus.filter(document=row["document_id"])
    states = own.arrow("SELECT state, count(*) AS n FROM coverage GROUP BY state ORDER BY state").to_pylist()
    counts = own.counts()
    facts = [(name, str(row[name])) for name in ("title", "symbol", "kind", "language", "date", "year", "body", "pages")
             if row[name] is not None]  # fmt: skip
    facts += [("file", row["inputs"][0]), ("passages", f"{counts['passages']:,}"), ("links", f"{counts['links']:,}")]
    facts.append(("targets", ", ".join(f"{state['n']} {state['state'].replace('_', ' ')}" for state in states)))
    return Report(row["document_id"], tuple(facts), evidence_of(own, SHOWN).links)


def name_of(program: Program, body: str, language: str) -> str:
    """Name of an implementer or other body in a language, its id where the codebook does not know it."""
    known = program.body_by_id.get(body)
    return known.name(language) if known else body


def _link(row: dict[str, Any]) -> Link:
    start = row["start"] - row["passage_start"]
    end = row["end"] - row["passage_start"]
    text, inside = row["text"], 0 <= start < end <= len(row["text"])
    before, after = (text[:start], text[end:]) if inside else ("", "")  # an officer's selection may span passages
    standing = row["state"] if row["state"] in HOLDS else row["lane"]
    return Link(
        row["link_id"], row["target"], row["label"],
        float("nan") if row["probability"] is None else row["probability"],
        standing or row["state"], row["treatment"], row["who"],
        (_tail(before), row["quote"], _head(after)), row["citation"],
    )  # fmt: skip


def _tail(text: str) -> str:
    return text if len(text) <= CONTEXT else f"… {text[-CONTEXT:]}"


def _head(text: str) -> str:
    return text if len(text) <= CONTEXT else f"{text[:CONTEXT]} …"
