"""The page of a large run: it counts everything, carries the strongest quotes and says what it leaves out."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scale
from browsing import browser, visiting  # noqa: F401
from test_report import Elements, data_of

from nlp.jsonl import read_rows
from nlp.program import Program, load_program
from nlp.writers import report, report_large
from nlp.writers.closing import close
from nlp.writers.report import is_large
from nlp.writers.report_large import FEW
from nlp.writers.walk import Rows

SILENT = ("activity:54", "objective:9")
DOCUMENTS = 5_000


def closed(out: Path, documents: int, links: int = 6, passages: int = 2) -> Path:
    drafts = scale.write_rows(out, documents, links, passages, SILENT)
    close(out, drafts, {"seconds": {}}, load_program())
    return out / "report.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 400 documents whose budgets hold a part of the quotes and of the documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_large, "QUOTES", 150_000)
        patch.setattr(report_large, "DOCUMENTS", 50_000)
        patch.setattr(report_large, "FIRST", FEW)
        return closed(tmp_path_factory.mktemp("large") / "out", 400, links=12)


@pytest.fixture(scope="module")
def links(page: Path) -> list[dict[str, Any]]:
    return list(read_rows(page.parent / "links.jsonl"))


def test_runs_are_large_by_inputs_or_by_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = Rows(scale.write_rows(tmp_path, 20, 2, 2))
    assert not is_large(rows)
    monkeypatch.setattr(report, "INPUTS_UP_TO", 19)
    assert is_large(rows)
    monkeypatch.setattr(report, "INPUTS_UP_TO", 20)
    assert not is_large(rows)
    monkeypatch.setattr(report, "LINK_BYTES_UP_TO", 1_000)
    assert is_large(rows)


def test_totals_count_every_link_of_every_document(page: Path, links: list[dict[str, Any]], program: Program):
    data, lanes = data_of(page), Counter((link["target"], link["lane"]) for link in links)
    pairs = {(link["document_id"], link["target"]) for link in links}
    strong = {(link["document_id"], link["target"]) for link in links if link["lane"] == "suggested"}
    for target, total in zip(program.targets, data["totals"], strict=True):
        documents = [sum(name == target for _, name in found) for found in (strong, pairs - strong)]
        assert total == [*documents, lanes[target, "suggested"], lanes[target, "review"]]
    assert [data["totals"][program.targets.index(target)] for target in SILENT] == [[0] * 4] * 2
    assert data["counts"]["suggested"] + data["counts"]["review"] == len(links)


def test_cells_of_a_listed_document_count_its_links(page: Path, links: list[dict[str, Any]], program: Program):
    data, counted = data_of(page), Counter((link["document_id"][:16], link["target"], link["lane"]) for link in links)
    for row in data["documents"]:
        identity, cells = row[data["columns"].index("id")], row[data["columns"].index("cells")]
        triples = [cells[place : place + 3] for place in range(0, len(cells), 3)]
        for target, *found in triples:
            assert found == [counted[identity, program.targets[target], lane] for lane in ("suggested", "review")]
        assert sum(sum(found) for _, *found in triples) == sum(
            link["document_id"].startswith(identity) for link in links
        )


def test_the_strongest_quotes_are_there_and_stand_in_their_context(page: Path, links: list[dict[str, Any]]):
    data, named = data_of(page), {link["link_id"]: link for link in links}
    carried = {row[-1]["id"] for row in data["links"]}
    assert len(data["links"]) == len(carried) == data["counts"]["shown"] < len(links)
    for *_, number, detail in data["links"]:
        assert data["passages"][number]["text"][slice(*detail["at"])] == named[detail["id"]]["quote"]
    for target in {link["target"] for link in links}:
        found = sorted((link for link in links if link["target"] == target), key=report_large.strength)
        assert {link["link_id"] for link in found[:FEW]} <= carried
    cells = Counter((named[name]["document_id"], named[name]["target"]) for name in carried)
    assert max(cells.values()) <= FEW


def test_the_page_says_what_it_leaves_out(page: Path):
    data, text = data_of(page), page.read_text("utf-8")
    counts, every = data["counts"], data["counts"]["suggested"] + data["counts"]["review"]
    assert f"{counts['shown']:,} of {every:,} are on this page" in text and "<b>links.jsonl</b>" in text
    assert counts["listed"] == len(data["documents"]) < 400
    assert f"{counts['listed']} of 400 are listed" in text and "<b>coverage.csv</b>" in text
    assert page.stat().st_size < 150_000 + 50_000 + 120 * FEW * 1_500 + 500_000


def test_troubled_inputs_are_all_counted(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "INPUTS_UP_TO", 10)
    monkeypatch.setattr(report_large, "TROUBLED", 3)
    text = closed(tmp_path, 200, 2).read_text("utf-8")
    listed = text.partition('id="inputs"')[2].partition("</section>")[0]
    assert listed.count('<span class="status') == 3 and "corrupt 4, partial 5." in listed
    assert "The first 3 of 9 are listed; all stand in ledger.jsonl" in listed


def test_document_text_never_becomes_markup(page: Path):
    elements = Elements(page.read_text("utf-8"))
    tags = Counter(tag for tag, _ in elements.tags)
    assert tags["img"] == 0 and tags["script"] == 2
    assert "alert(1)" in page.read_text("utf-8")
    assert not [name for _, attributes in elements.tags for name in attributes if name.startswith("on")]


def test_same_rows_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "INPUTS_UP_TO", 10)
    pages = [closed(tmp_path / name, 30).read_bytes() for name in ("one", "two")]
    assert pages[0] == pages[1] and b'"large":true' in pages[0]


def test_long_titles_and_quotes_are_cut_and_say_so(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "INPUTS_UP_TO", 1)
    drafts = scale.write_rows(tmp_path, 2, 1, 1)
    texts = {path: path.read_text("utf-8") for path in drafts["text"].glob("*.txt")}
    for path, text in texts.items():
        path.write_text(f"{text} {'x' * 9_000}", "utf-8")
    whole = {path.stem: f"{text} {'x' * 9_000}" for path, text in texts.items()}
    for name, change in (
        ("links.jsonl", lambda row: {"start": 0, "end": len(whole[row["document_id"]])}),
        ("passages.jsonl", lambda row: {"end": len(whole[row["document_id"]])}),
        ("documents.jsonl", lambda row: {"title": "T" * 5_000}),
    ):  # fmt: skip
        rows = [{**row, **change(row), "quote": whole[row["document_id"]]} for row in read_rows(drafts[name])]
        drafts[name].write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    close(tmp_path, drafts, {}, program)
    data = data_of(tmp_path / "report.html")
    assert all(passage["clipped"] == [False, True] and len(passage["text"]) < 2_000 for passage in data["passages"])
    assert all(row[1] == "T" * 300 + "…" for row in data["documents"])


# --- in a browser

OPEN_SECONDS = 15.0  # on a machine that does other things besides; 1 to 2 alone


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed(tmp_path_factory.mktemp("big") / "out", DOCUMENTS)


@pytest.fixture
def visit(browser: Any, big: Path) -> Iterator[Any]:  # noqa: F811
    """Open the page, and fail if it does what it should not."""
    with visiting(browser, big) as go:
        yield go


def rows_of(tab: Any) -> list[str]:
    return tab.eval_on_selector_all("tr.document .name", "names => names.map((name) => name.textContent)")


@pytest.mark.slow
def test_the_big_page_opens_soon_and_turns_its_pages(visit: Any):
    clock = time.monotonic()
    tab = visit()
    assert time.monotonic() - clock < OPEN_SECONDS
    first = rows_of(tab)
    assert len(first) == 50 and tab.inner_text(".pager-now") == "Documents 1–50 of 5,000"
    tab.click("[data-page=Next]")
    assert not set(rows_of(tab)) & set(first)
    assert tab.evaluate("document.activeElement.dataset.page") == "Next"
    tab.fill("#page-number", "100")
    tab.keyboard.press("Enter")
    assert tab.inner_text(".pager-now") == "Documents 4,951–5,000 of 5,000" and tab.is_disabled("[data-page=Next]")
    assert set(tab.eval_on_selector_all("tr.document .status", "all => all.map((one) => one.textContent)")) == {
        "not read"
    }


@pytest.mark.slow
def test_search_and_filters_narrow_the_map_and_its_counts(visit: Any):
    tab = visit()
    tab.fill("#by-words", "REPORT ag/res. 4321")
    assert len(rows_of(tab)) == 1 and "1 of 5,000 documents" in tab.inner_text("tr.total")
    tab.fill("#by-words", "no such thing")
    assert tab.inner_text(".pager-now") == "No document matches"
    tab.click("text=Clear filters")
    tab.select_option("#by-target", label="17 Consular protection and assistance")
    tab.select_option("#by-lane", "suggested")
    tab.select_option("#by-order", "links")
    kinds = set(tab.eval_on_selector_all('tbody [data-target="16"]', "all => all.map((one) => one.className)"))
    assert kinds == {"cell suggested"} and "match" in tab.inner_text("#filter-note")


@pytest.mark.slow
def test_a_cell_opens_its_quotes_and_says_how_many_are_missing(visit: Any):
    tab = visit()
    tab.click('tr.total [data-target="2"]')
    shown, every = map(int, re.findall(r"\d+", tab.inner_text(".left-out").replace(",", ""))[:2])
    assert shown < every and "links.jsonl: target objective:3" in tab.inner_text(".left-out")
    lanes = tab.eval_on_selector_all(".quote", "all => all.map((one) => one.classList[1])")
    assert lanes == sorted(lanes, reverse=True) and lanes[0] == "suggested"
    tab.click(".documents-here .list-line >> nth=0")
    assert tab.is_visible(".quote mark") and "document=" in tab.url
    address = tab.url.partition("#")[2]
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#panel")
    assert visit(address=f"#{address}").is_visible('td [aria-current="true"]')


@pytest.mark.slow
def test_keys_move_through_a_page_of_the_map(visit: Any):
    tab = visit()
    tab.focus('tr.total [data-target="2"]')
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert "Objective 2" in tab.inner_text(".panel-kind").title() and "target=objective%3A2" in tab.url


@pytest.mark.slow
def test_targets_that_nobody_reports_on_are_listed(visit: Any, program: Program):
    gaps = visit().inner_text("#gaps")
    assert all(program.labels[target].title["en"] in gaps for target in SILENT[1:])
    assert "Objectives without evidence 1" in gaps.replace("\n", " ")


@pytest.mark.slow
def test_hostile_titles_and_quotes_stay_inert(visit: Any):
    tab = visit()
    tab.fill("#by-words", "onerror")
    visible = scale.HOSTILE.replace("\u202e", "⟦U+202E⟧")
    assert visible in rows_of(tab)[1] and len(rows_of(tab)) == 50
    tab.click("tr.total .cell.suggested >> nth=0")
    assert visible in tab.inner_text("#panel") and tab.locator("img").count() == 0
    assert tab.title().startswith("Evidence map")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_does_not_scroll_sideways(visit: Any, scheme: str):
    tab = visit(360, color_scheme=scheme)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert tab.is_visible(".objectives") and tab.evaluate(fits)
    tab.click('[data-head="16"]')
    tab.click(".list-body .list-line >> nth=1")
    assert tab.is_visible("#panel blockquote") and tab.evaluate(fits)
    tab.click(".close")
    tab.click("[data-view=map]")
    assert tab.is_visible(".pager") and tab.evaluate(fits)


@pytest.mark.slow
def test_counts_of_all_targets_stand_without_scripts_and_in_print(visit: Any):
    tab = visit(java_script_enabled=False)
    assert tab.locator("table.totals tbody tr").count() == 120 and tab.is_hidden("#tools")
    tab = visit()
    tab.emulate_media(media="print")
    assert tab.is_hidden(".pager-steps") and tab.is_visible(".pager-now") and tab.is_visible(".notice")
