"""`Tables`: a finished run, or several, as frames that are read when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nlp.corpus.filters import DOCUMENT, LINK, PASSAGE, UNITS, narrowed
from nlp.corpus.joining import hold, joinable
from nlp.corpus.parquet import QUIET
from nlp.corpus.saving import check_form, save_frame
from nlp.corpus.typed import ORDER, to_pandas
from nlp.corpus.views import LINK_COLUMNS, STANDS, Cut, Views
from nlp.errors import UsageError
from nlp.extras import need
from nlp.program import Program

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = 2.0  # a cut that no probability reaches
SAVED = ("documents", "passages", "links", "coverage", "ledger", "decisions")


@dataclass(frozen=True)
class Tables:
    """What one or several runs found, as tables; nothing changes them.

    Every frame has a column ``run`` that names the output folder its row is from. `filter`, `at`, `join` return a new
    corpus at once; files are read when a frame or an answer is asked for.

    Attributes:
        views: the tables, as SQL. program: the codebook. titles: language that labels are shown in.
    """

    views: Views
    program: Program
    titles: str
    connection: Any = field(repr=False, compare=False)

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row a document that was read: title, symbol, kind, language, date, year, body, pages, ..."""
        return self._frame("SELECT * FROM documents")

    @cached_property
    def passages(self) -> pd.DataFrame:
        """One row a passage: offsets, section, implementer, role, treatment, clause, ... without its probabilities."""
        return self._frame("SELECT * EXCLUDE (probabilities) FROM passages")

    @cached_property
    def links(self) -> pd.DataFrame:
        """One row an evidence link: target, label, probability, lane, state, quote, page, and its document's facts.

        What an officer rejected is left out, unless `filter(state=...)` asks for it.
        """
        return self._frame("SELECT * FROM links")

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """One row a document and target: ``confirmed suggested review searched_none not_searchable``."""
        return self._frame("SELECT * FROM coverage ORDER BY run, document_id, target", ordered=True)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """One row a decision of an officer, as on the desk's log; empty for a run that no desk has seen."""
        return self._frame("SELECT * FROM decisions")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """One row an input, whatever became of it. Filters leave it as it is."""
        return self._frame("SELECT * FROM ledger")

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """Passages x targets: the calibrated probability of each, in [0, 1]; index is passage_id."""
        table = self.arrow("SELECT passage_id, probabilities FROM passages ORDER BY run, file_row_number")
        pandas = need("pandas")
        values = table.column("probabilities").combine_chunks()
        columns = self.views.outputs[0].targets
        wide = values.flatten().to_numpy().reshape(len(table), len(columns))
        return pandas.DataFrame(wide, index=table.column("passage_id").to_pandas(), columns=list(columns))

    @property
    def digest(self) -> str:
        """Names the runs (12 hex digits each) for captions."""
        return " + ".join(output.digest for output in self.views.outputs)

    @property
    def said(self) -> str:
        """The filters and the cut in words, "" if there are none."""
        cut = (f"probability at least {self.views.cut.at:g}",) if self.views.cut else ()
        return "; ".join((*self.views.conditions.said, *cut))

    def filter(self, **asked: object) -> Self:
        """Return a corpus narrowed to what is asked; several values of a name: any of them. Filters add up.

        Of documents (these narrow everything): run, document (id or its beginning), kind, language, year, since, until
        (a year, or YYYY-MM-DD), body, and columns that were joined. Of passages (and their links): implementer,
        treatment, role, clause, passage. Of links alone: target, objective, activity, lane, state, probability (at
        least), link. None asks for what is unknown.

        Raises:
            UsageError: if there is no such filter, or no such target.
        """
        own = [column for frame in self.views.joined for column in frame.columns]
        conditions = narrowed(self.views.conditions, asked, self.program, own)
        return replace(self, views=replace(self.views, conditions=conditions))

    def at(self, cut: float) -> Self:
        """Return a corpus whose links have a probability of at least `cut`, in [0, 1]; no model is run.

        As `Mapping.at`: an activity never stands without one of its objectives. What an officer decided stays.

        Raises:
            UsageError: if the cut is out of range, or runs with different lanes are open together.
        """
        if not 0 <= cut <= 1:
            raise UsageError(cut, "no such cut", "A cut is a probability in [0, 1]")
        found = {_lanes(output.manifest) for output in self.views.outputs}
        if len(found) > 1:
            raise UsageError(self.digest, "these runs have different lanes", "Open them one by one")
        objective, activity = found.pop()
        return replace(self, views=replace(self.views, cut=Cut(cut, max(cut, objective), max(cut, activity))))

    def join(self, frame: pd.DataFrame | Path | str, on: str = "document_id") -> Self:
        """Return a corpus whose documents (and links) have the columns of a frame or CSV file of the user's.

        Args:
            on: column that both have, one row a value: ``document_id``, ``symbol``, ``title``, ``run``, ...

        Raises:
            UsageError: if it lacks the column, has a value of it twice, or a name that documents or links have already.
        """
        pandas = need("pandas")
        own = pandas.read_csv(frame) if isinstance(frame, str | Path) else frame
        taken = {*DOCUMENT, *PASSAGE, *LINK, *UNITS, *LINK_COLUMNS, ORDER}
        own = joinable(own, on, list(self.documents.columns), taken)
        joined = hold(self.connection, own, on)
        return replace(self, views=replace(self.views, joined=(*self.views.joined, joined)))

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer to a query in DuckDB's SQL over the tables of this corpus, filters and cut included.

        Tables: documents, passages, links, coverage, decisions, ledger, texts (passage_id, text), labels.

        Raises:
            UsageError: if the query is wrong.
        """
        duckdb = need("duckdb")
        try:
            return self._frame(f"SELECT * FROM ({query.strip().rstrip(';')})", ordered=True)
        except duckdb.Error as error:
            raise UsageError("sql", str(error)) from None

    def arrow(self, select: str) -> Any:
        """Return the answer to a query as an Arrow table."""
        cursor = self.connection.cursor()
        cursor.execute(QUIET)
        return cursor.sql(self.views.query(select)).to_arrow_table()

    def save(self, folder: Path | str, form: str = "parquet") -> list[Path]:
        """Write documents, passages, links, coverage, ledger and decisions as they are here; return the files.

        Args:
            folder: made if need be. form: "parquet" or "csv" (no cell of which a spreadsheet takes for a formula).

        Raises:
            UsageError: if there is no such form.
        """
        check_form(form)
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return [save_frame(getattr(self, name), folder / f"{name}.{form}") for name in SAVED]

    def counts(self) -> dict[str, int]:
        """Documents, passages and links of this corpus, links by standing: confirmed, suggested, review."""
        passages = "count(*) FROM passages" if self.views.conditions.passages else "sum(passage_count) FROM documents"
        row = self.arrow(f"""SELECT (SELECT count(*) FROM documents) AS documents,
            coalesce((SELECT {passages}), 0)::BIGINT AS passage_count, count(*) AS links,
            count(*) FILTER (state IN {STANDS}) AS confirmed,
            count(*) FILTER (state NOT IN {STANDS} AND lane = 'suggested') AS suggested,
            count(*) FILTER (state NOT IN {STANDS} AND lane = 'review') AS review FROM links""").to_pylist()[0]
        return {name.replace("passage_count", "passages"): count for name, count in row.items()}

    def _frame(self, select: str, ordered: bool = False) -> pd.DataFrame:
        table = self.arrow(select)
        if ordered and "file_row_number" in table.schema.names:
            table = table.drop_columns(["file_row_number"])
        return to_pandas(table)

    @staticmethod
    def typed(table: Any) -> pd.DataFrame:
        """Return an Arrow table as a frame of typed columns."""
        return to_pandas(table)


def _lanes(manifest: Mapping[str, Any]) -> tuple[float, float]:
    """Where `suggested` begins for objectives and activities; nowhere for a desk, whose links keep their lanes."""
    lanes = manifest.get("lanes", {})
    objective, activity = (
        float(lanes[kind]["suggested"]["threshold"]) if kind in lanes else NOWHERE for kind in ("objective", "activity")
    )
    return objective, activity
