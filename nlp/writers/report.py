"""The report page: one HTML file that holds the whole evidence map, works without a network and from a folder.

Text from documents is data and nothing else: it goes into the page as JSON in which no markup can form, and the script
shows it as text only. A content policy with the digests of the page's own style and script forbids everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from markupsafe import Markup

from nlp.official import load_official
from nlp.program import Program
from nlp.writers.listing import Listing, pieces
from nlp.writers.page import digest, joined, template
from nlp.writers.report_large import Summary
from nlp.writers.report_whole import Whole
from nlp.writers.walk import Found, Row, Rows, walk

STYLES = ("report.css",)
WHOLE = ("base", "links", "map", "list", "panel", "tools", "filters")  # top-level names are shared
LARGE = ("base", "counts", "map", "list", "panel", "tools", "search")  # counts and search take two of their places

INPUTS_UP_TO = 300  # above either, the page shows counts of everything and the strongest quotes
LINK_BYTES_UP_TO = 40_000_000  # of links.jsonl; a page with all their quotes has a third to a half of that


@contextmanager
def report_page(rows: Rows, draft: Path, program: Program) -> Iterator[Callable[[Found], None]]:
    """report.html: every link of a run that fits into one page, else counts and the strongest quotes.

    The same rows give the same bytes.

    Raises:
        CodebookError: if the imported official wording is damaged. OSError: if the draft cannot be written.
    """
    official = load_official(program.about.id)
    page = Summary(rows, program) if is_large(rows) else Whole(rows, program)
    yield page.add
    with Listing(draft.parent) as contexts, Listing(draft.parent) as links:
        data = page.data(official, contexts, links)
        table = page.table(data["documents"]) if isinstance(page, Whole) else []
        with draft.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(_page(data, table, "desk" in rows.manifest))


def is_large(rows: Rows) -> bool:
    """Whether a run has more inputs or links than one page can hold whole."""
    more = islice(rows.read("ledger.jsonl"), INPUTS_UP_TO, None)
    return rows.size("links.jsonl") > LINK_BYTES_UP_TO or next(more, None) is not None


def as_needed(rows: Rows) -> Rows:
    """The same rows, without the examples beside links where no output shows them: the page of a large run does not."""
    return replace(rows, examples=not is_large(rows))


def write_report(out: Path, program: Program) -> Path:
    """Write ``report.html`` from the row files in the output folder `out`, and return its path.

    Raises:
        UsageError: if the rows are not in the order of the ledger. CodebookError, OSError: as `report_page`.
    """
    rows, draft = as_needed(Rows.of(out)), out / ".report.html.draft"
    with report_page(rows, draft, program) as take:
        for found in walk(rows):
            take(found)
    return draft.replace(out / "report.html")


def _page(data: Row, table: list[Row], confirmed: bool) -> Iterator[str]:
    """Yield the page in pieces."""
    large = data.get("large", False)
    parts = LARGE if large else WHOLE
    style, script = joined(STYLES), joined((*(f"report_{part}.js" for part in parts), "report.js"))
    labels = data["labels"]
    page: Iterator[str] = template("report.html.j2").generate(
        style=Markup(style),
        script=Markup(script),
        style_digest=digest(style),
        script_digest=digest(script),
        data=map(Markup, pieces(data)),
        table=table,
        large=large,
        objectives=[label for label in labels if label["target"].startswith("objective:")],
        programme=data["programme"],
        levels=data["programme"]["called"],
        language=data["programme"]["language"],
        run=data,
        confirmed=confirmed,
    )
    return page
