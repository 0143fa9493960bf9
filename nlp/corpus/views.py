"""The tables of a corpus as SQL: `documents`, `passages`, `links` and the others, narrowed, joined and cut anew.

Nothing is computed here. DuckDB reads of the Parquet files what a query needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nlp.corpus.filters import Conditions
from nlp.corpus.parquet import SORTED, TEXTS, Output
from nlp.corpus.sql import all_of, identifier, literal
from nlp.review.records import HOLDS

TABLES = ("ledger", "documents", "passages", "links", "coverage", "decisions", "texts", "labels")
STANDS = "(" + ", ".join(literal(state) for state in sorted(HOLDS)) + ")"
SURE = f"(state IN {STANDS} OR lane = 'suggested')"
_NEEDS = {
    "documents": ("all_documents",),
    "passages": ("all_passages", "documents"),
    "coverage": ("links", "documents", "labels", "ledger"),
    "decisions": ("all_decisions", "documents"),
    "texts": ("all_texts",),
    "ledger": ("all_ledger",),
}
_IN_LINKS = ('("implementer"', '("treatment"', '("passage_id"')
LINK_COLUMNS = {
    "target": "l", "label": "t", "probability": "l", "lane": "l", "state": "l", "treatment": "l", "implementer": "l",
    "quote": "l", "page": "l", "title": "d", "symbol": "d", "kind": "d", "language": "d", "date": "d", "year": "d",
    "body": "d", "start": "l", "end": "l", "link_id": "l", "passage_id": "l", "document_id": "l", "run": "l",
}  # fmt: skip
"""Columns of links, in their order -> where they are from: links, documents, targets."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A frame of the user's, known to the connection as `name`: its columns, and the document's column it hangs on."""

    name: str
    on: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where suggestions begin anew: `at` for the review lane, and where `suggested` begins for each kind of target."""

    at: float
    objective: float
    activity: float


@dataclass(frozen=True, slots=True)
class Views:
    """All that the tables of a corpus are made of."""

    outputs: tuple[Output, ...]
    conditions: Conditions = field(default_factory=Conditions)
    joined: tuple[Joined, ...] = ()
    cut: Cut | None = None

    def query(self, select: str) -> str:
        """Return a query with the tables that it names before it.

        Parquet files of these tables are made now if need be: a column of our own that is called like a table has one
        read that nobody needs.
        """
        wanted = self._wanted(select)
        makers = {**self._raw(), **self._narrow()}
        parts = [f"{name} AS ({makers[name]()})" for name in makers if name in wanted]
        own = re.match(r"\s*WITH\s", select)
        if parts and own:
            return f"WITH {', '.join(parts)}, {select[own.end() :]}"
        return f"WITH {', '.join(parts)} {select}" if parts else select

    def _wanted(self, select: str) -> set[str]:
        found: set[str] = set()
        left = [name for name in (*TABLES, "all_links", "all_passages") if re.search(rf"\b{name}\b", select)]
        while left:
            name = left.pop()
            if name in found:
                continue
            found.add(name)
            left += self._needed(name)
        return found - {"labels"}

    def _needed(self, name: str) -> Sequence[str]:
        if name == "all_links" and self.cut:
            return ("all_passages", "all_texts", "kept_links", "recut")
        if name != "links":
            return _NEEDS.get(name, ())
        documents = () if self._by_target and not self.joined else ("documents",)
        passages = ("all_passages",) if self._of_passage else ()
        return (SORTED if self._by_target else "all_links", *documents, *passages)

    @property
    def _by_target(self) -> bool:
        """Whether links are read from the files that are sorted by target, which no other cut is."""
        return bool(self.conditions.targets) and not self.cut

    @property
    def _of_passage(self) -> list[str]:
        """Conditions that only a passage can tell; the others stand in links as well."""
        return [test for test in self.conditions.passages if not test.startswith(_IN_LINKS)]

    def _raw(self) -> dict[str, Callable[[], str]]:
        raw: dict[str, Callable[[], str]] = {
            f"all_{table}": lambda table=table: self._union(table)  # type: ignore[misc]
            for table in ("ledger", "documents", "passages", TEXTS, "decisions")
        }
        raw[SORTED] = lambda: self._union(SORTED)
        raw["kept_links"] = lambda: self._union("links")
        raw["recut"] = lambda: _recut(self.outputs, self.cut) if self.cut else ""
        raw["all_links"] = lambda: "SELECT * FROM recut" if self.cut else self._union("links")
        return raw

    def _union(self, table: str) -> str:
        numbered = "" if table == SORTED else ", file_row_number=true"
        parts = [
            f"SELECT {literal(output.name)} AS run, * {_STATE.get(table, '')} "
            f"FROM read_parquet({literal(output.path(table))}{numbered})"
            for output in self.outputs
            if output.has(table)
        ]
        return " UNION ALL BY NAME ".join(parts) or f"SELECT {_EMPTY[table]} WHERE FALSE"

    def _narrow(self) -> dict[str, Callable[[], str]]:
        return {
            "documents": self._documents,
            "passages": lambda: (
                f"SELECT p.* FROM all_passages p SEMI JOIN documents d ON p.run = d.run AND "
                f"p.document_id = d.document_id WHERE {all_of(self.conditions.passages)}"
            ),
            "links": self._links,
            "ledger": lambda: "SELECT * FROM all_ledger",
            "coverage": self._coverage,
            "decisions": lambda: "SELECT a.* FROM all_decisions a SEMI JOIN documents USING (run, document_id)",
            "texts": lambda: "SELECT * FROM all_texts",
        }

    def _documents(self) -> str:
        query, columns = "all_documents d", ["d.*"]
        for frame in self.joined:
            on = identifier(frame.on)
            query += f" LEFT JOIN {frame.name} ON {frame.name}.{on} = d.{on}"
            columns += [f"{frame.name}.{identifier(column)}" for column in frame.columns]
        return f"SELECT * FROM (SELECT {', '.join(columns)} FROM {query}) WHERE {all_of(self.conditions.documents)}"

    def _links(self) -> str:
        facts = "l" if self._by_target else "d"
        columns = [f"{facts if source == 'd' else source}.{identifier(name)}" for name, source in LINK_COLUMNS.items()]
        columns += [f"d.{identifier(column)}" for frame in self.joined for column in frame.columns]
        source, documents = "all_links", "JOIN documents d ON l.run = d.run AND l.document_id = d.document_id"
        tests = self._of_link()
        if self._by_target:
            source = SORTED
            documents = documents if self.joined else ""
            tests += [] if self.joined else self.conditions.documents
        return f"""SELECT {", ".join(columns)}, l.file_row_number
            FROM (SELECT * FROM {source} WHERE {all_of(tests)}) l {documents}
            LEFT JOIN labels t ON l.target = t.target"""

    def _of_link(self) -> list[str]:
        conditions = self.conditions
        in_links = [test for test in conditions.passages if test.startswith(_IN_LINKS)]
        tests = [*conditions.links, *conditions.targets, *in_links]
        tests += [] if conditions.states else ["state <> 'rejected'"]
        if self._of_passage:
            chosen = f"SELECT run, passage_id FROM all_passages WHERE {all_of(self._of_passage)}"
            tests.append(f"(run, passage_id) IN ({chosen})")
        return tests

    def _coverage(self) -> str:
        targets = f"(SELECT * FROM labels WHERE {all_of(self.conditions.targets)})"
        unread = (
            ""
            if self.conditions.documents
            else f"""
            UNION ALL BY NAME SELECT run, document_id, input, status, target, label, 'not_searchable' AS state,
            0 AS links FROM ledger, {targets} t WHERE status NOT IN ('ok', 'partial') AND same_as IS NULL"""
        )
        return f"""SELECT d.run, d.document_id, d.title, d.symbol, t.target, t.label, coalesce(l.state, 'searched_none')
            AS state, coalesce(l.links, 0) AS links, l.best_probability, d.inputs[1] AS input, 'read' AS status
            FROM documents d CROSS JOIN {targets} t LEFT JOIN (
                SELECT run, document_id, target, count(*) AS links, max(probability) AS best_probability,
                {best_state()} AS state FROM links GROUP BY ALL) l
            ON d.run = l.run AND d.document_id = l.document_id AND t.target = l.target {unread}"""


def best_state() -> str:
    """SQL of the state of a cell of the map from the links that fall into it."""
    return f"""CASE WHEN bool_or(state IN {STANDS}) THEN 'confirmed' WHEN bool_or(lane = 'suggested') THEN 'suggested'
        WHEN count(*) > 0 THEN 'review' ELSE 'searched_none' END"""


_STATE = dict.fromkeys(("links", SORTED), "REPLACE (coalesce(state, 'suggested') AS state)")
_EMPTY = {
    "decisions": """NULL::VARCHAR AS run, NULL::BIGINT AS decision_id, NULL::VARCHAR AS document_id,
        NULL::VARCHAR AS item_id, NULL::VARCHAR AS who, NULL::TIMESTAMP AS at, NULL::VARCHAR AS action,
        NULL::VARCHAR AS target, NULL::VARCHAR AS state, NULL::BIGINT AS file_row_number""",
    "ledger": "NULL::VARCHAR AS run, NULL::VARCHAR AS document_id, NULL::VARCHAR AS input, NULL::VARCHAR AS status",
}


def _recut(outputs: Sequence[Output], cut: Cut) -> str:
    """Links at another cut, as `Mapping.at` makes them; what somebody decided stays as it was decided."""
    names = " UNION ALL ".join(
        f"SELECT {literal(o.name)} AS run, unnest([{', '.join(map(literal, o.targets))}]) AS target, "
        f"unnest(range(1, {len(o.targets) + 1})) AS place"
        for o in outputs
    )
    decided = "state NOT IN ('suggested', 'unsure', 'postponed')"
    return f"""
    WITH names AS ({names}),
    flat AS (
        SELECT run, passage_id, unnest(list_filter(range(1, len(probabilities) + 1),
            lambda place: probabilities[place] >= {cut.at})) AS place, probabilities
        FROM all_passages WHERE kind <> 'heading' AND role <> 'heading'),
    kept AS (
        SELECT f.run, f.passage_id, n.target, f.probabilities[f.place] AS probability FROM flat f
        JOIN names n ON f.run = n.run AND f.place = n.place),
    parents AS (
        SELECT run, passage_id, target AS parent, probability >= {cut.objective} AS sure FROM kept
        WHERE starts_with(target, 'objective')
        UNION ALL SELECT run, passage_id, target, TRUE FROM kept_links WHERE state IN {STANDS}),
    standing AS (
        SELECT run, passage_id, target, probability,
            CASE WHEN probability >= {cut.objective} THEN 'suggested' ELSE 'review' END AS lane
        FROM kept WHERE starts_with(target, 'objective')
        UNION ALL SELECT k.run, k.passage_id, k.target, k.probability,
            CASE WHEN k.probability >= {cut.activity} AND bool_or(p.sure) THEN 'suggested' ELSE 'review' END
        FROM kept k JOIN concordance c ON k.target = c.target
        JOIN parents p ON p.run = k.run AND p.passage_id = k.passage_id AND p.parent = c.parent
        GROUP BY k.run, k.passage_id, k.target, k.probability
        UNION ALL SELECT run, passage_id, target, probability,
            CASE WHEN probability >= {cut.activity} THEN 'suggested' ELSE 'review' END
        FROM kept WHERE starts_with(target, 'activity') AND target NOT IN (SELECT target FROM concordance))
    SELECT * FROM kept_links WHERE {decided}
    UNION ALL BY NAME
    SELECT s.run, coalesce(l.link_id, sha256(s.passage_id || chr(31) || s.target)[1:16]) AS link_id, p.document_id,
        s.passage_id, s.target, s.probability, coalesce(l.lane, s.lane) AS lane,
        coalesce(l.state, 'suggested') AS state,
        CASE WHEN l.link_id IS NULL THEN x.settled ELSE l.treatment END AS treatment, p.implementer,
        coalesce(l.quote, x.text) AS quote, coalesce(l.start, p.start) AS start, coalesce(l."end", p."end") AS "end",
        p.page, p.file_row_number * 1000 + n.place AS file_row_number
    FROM standing s JOIN all_passages p ON s.run = p.run AND s.passage_id = p.passage_id
    JOIN names n ON s.run = n.run AND s.target = n.target
    JOIN all_texts x ON s.run = x.run AND s.passage_id = x.passage_id
    LEFT JOIN kept_links l ON s.run = l.run AND s.passage_id = l.passage_id AND s.target = l.target
    WHERE l.state IS NULL OR NOT (l.{decided})"""
