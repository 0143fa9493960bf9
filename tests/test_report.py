"""The report page: what stands in it, that document text stays text, and that a reader can use it."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, visiting  # noqa: F401

from nlp.program import Program, load_program
from nlp.writers.listing import as_json
from nlp.writers.report import write_report

HOSTILE = '<img src=x onerror="document.title=1"> </script><script>alert(1)</script> {{7*7}} javascript:x & \u202eback'
QUOTE = "The consulate opened a help line for detained migrants 🙂."
BEFORE = "In 2019 the ministry met twice 🙂. "


def link(number: int, document: str, text: str, quote: str, target: str, probability: float, **more: Any) -> dict:
    """A row of links.jsonl whose passage is the whole text."""
    start = text.index(quote)
    end = start + len(quote)
    why = {"sentences": [{"start": start, "end": end, "drop": 0.4}], "terms": ["help line"]}
    why["examples"] = [{"id": "train-7", "similarity": 0.8, "text": f"Close to it. {HOSTILE}"}]
    row = {"link_id": f"{number:016x}", "document_id": document, "passage_id": f"{document[:4]}p", "target": target}
    row |= {"probability": probability, "lane": "suggested" if probability > 0.5 else "review", "quote": quote}
    row |= {"start": start, "end": end, "page": 3, "bbox": None, "prefix": text[max(0, start - 32) : start]}
    row |= {"suffix": text[end : end + 32], "implementer": "cim", "treatment": "done", "why": why, "model": "m"}
    return row | {"program": "p"} | more


def passage(document: str, text: str, **more: Any) -> dict:
    row = {"passage_id": f"{document[:4]}p", "document_id": document, "start": 0, "end": len(text), "page": 3}
    row |= {"section": ["Part II", HOSTILE], "implementer": "cim", "implementer_text": f"C.I.M. {HOSTILE}"}
    row |= {"lead_in": f"The ministry did this: {HOSTILE}", "number": "7.a"}
    return row | {"treatment": "done", "language": "en", "probabilities": {"objective:1": 0.1}} | more


def document(document_id: str, title: str, **more: Any) -> dict:
    row = {"document_id": document_id, "inputs": [f"in/{title[:6]}.pdf"], "title": title, "symbol": "AG/RES. 1"}
    return row | {"kind": "report", "language": "en", "date": "2019", "text_file": f"text/{document_id}.txt"} | more


def entry(name: str, document_id: str | None, status: str, reason: str | None = None) -> dict:
    return {"input": name, "document_id": document_id, "status": status, "reason": reason, "pages": 4, "seconds": 0.1}


def save(out: Path, name: str, rows: list[dict]) -> None:
    (out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def make_run(out: Path) -> Path:
    """Two documents that were read, one that was not; hostile text wherever a document can put it."""
    one, two = "a" * 64, "b" * 64
    texts = {one: BEFORE + QUOTE + " It was free.", two: f"We say: {HOSTILE} to all."}
    (out / "text").mkdir(parents=True)
    for name, text in texts.items():
        (out / "text" / f"{name}.txt").write_bytes(text.encode())
    save(out, "documents", [document(one, "Report on consular help"), document(two, HOSTILE, language="es")])
    save(out, "passages", [passage(one, texts[one]), passage(two, texts[two], implementer=None, language="es")])
    consular = load_program().children("objective:17")[0]
    rows = [link(1, one, texts[one], QUOTE, "objective:17", 0.9), link(2, one, texts[one], QUOTE, consular, 0.7)]
    rows += [link(3, one, texts[one], QUOTE, "objective:16", 0.3)]
    save(out, "links", [*rows, link(4, two, texts[two], HOSTILE, "objective:1", 0.8, implementer=None)])
    scan = entry("in/scan <b>.pdf", "c" * 64, "no_text", f"no text layer {HOSTILE}")
    save(out, "ledger", [entry("in/1.pdf", one, "ok"), entry("in/2.pdf", two, "partial", "page 4"), scan])
    (out / "run.json").write_text(json.dumps({"versions": {"evmap": "0.1.0"}, "seconds": {"read": 1.5}}))
    return out


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    return write_report(make_run(tmp_path_factory.mktemp("run") / "out"), program)


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.inside.append((self.tags[-1][0], data))


def data_of(page: Path) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_data_parses_back_and_quotes_stand_in_their_context(page: Path) -> None:
    data = data_of(page)
    quotes = []
    for _, _, target, *_, number, detail in data["links"]:
        start, end = detail["at"]
        quotes.append((data["labels"][target]["target"], data["passages"][number]["text"][start:end]))
    assert ("objective:17", QUOTE) in quotes and ("objective:1", HOSTILE) in quotes
    assert data["passages"][0]["text"].startswith(BEFORE)
    assert [row["state"] for row in data["documents"]] == ["partial", "whole", "unread"]
    assert data["counts"] == {
        "whole": 1, "partial": 1, "unread": 1, "suggested": 3, "review": 1, "inputs": 3, "passages": 2, "shown": 4,
        "troubled": 2,
    }  # fmt: skip


def test_document_text_never_becomes_markup(page: Path) -> None:
    elements = Elements(page.read_text("utf-8"))
    assert "img" not in {tag for tag, _ in elements.tags}
    assert [tag for tag, _ in elements.tags].count("script") == 2
    assert not [name for _, attributes in elements.tags for name in attributes if name.startswith("on")]
    assert "{{7*7}}" in page.read_text("utf-8"), "a template engine must not evaluate document text"


def test_page_refers_to_nothing_outside(page: Path) -> None:
    for _, attributes in Elements(page.read_text("utf-8")).tags:
        assert not {"src", "srcset", "action", "data", "style"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    css = "".join(text for tag, text in Elements(page.read_text("utf-8")).inside if tag == "style")
    assert "url(" not in css and "@import" not in css


def test_content_policy_names_the_style_and_script(page: Path) -> None:
    elements = Elements(page.read_text("utf-8"))
    policy = next(a["content"] for _, a in elements.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none';") and "unsafe" not in policy
    (style,) = [text for tag, text in elements.inside if tag == "style"]
    script = [text for tag, text in elements.inside if tag == "script"][-1]
    for text in (style, script):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


def test_plain_table_tells_the_four_states_apart(page: Path) -> None:
    body = page.read_text("utf-8").partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r'<td class="cell (\w+)" title="[^"]+">([^<]+)</td>', row) for row in body.split("<tr>")[1:]]
    assert [len(row) for row in rows] == [20, 20, 20]
    assert rows[1][16] == ("suggested", "1") and rows[1][15] == ("review", "1?") and rows[1][0] == ("none", "·")
    assert set(rows[2]) == {("unread", "–")}


def test_unread_inputs_come_with_reason_and_next_step(page: Path) -> None:
    listed = page.read_text("utf-8").partition('id="inputs"')[2].partition("</section>")[0]
    assert "in/scan &lt;b&gt;.pdf" in listed and "no text layer" in listed and "OCR" in listed and "page 4" in listed


def test_same_rows_give_the_same_bytes(page: Path, program: Program) -> None:
    before = page.read_bytes()
    (page.parent / "run.json").write_text(json.dumps({"versions": {"evmap": "0.1.0"}, "seconds": {"read": 9.9}}))
    assert write_report(page.parent, program).read_bytes() == before
    assert not list(page.parent.glob(".*.draft"))


def test_empty_folder_gives_an_empty_map(tmp_path: Path, program: Program) -> None:
    data = data_of(write_report(tmp_path, program))
    assert data["documents"] == [] and data["links"] == [] and len(data["labels"]) == 120


def test_quotes_are_shown_even_without_the_text_file(tmp_path: Path, program: Program) -> None:
    out = make_run(tmp_path / "out")
    shutil.rmtree(out / "text")
    data = data_of(write_report(out, program))
    detail = next(row[-1] for row in data["links"] if row[-1]["id"] == f"{1:016x}")
    assert data["passages"][0]["text"][slice(*detail["at"])] == QUOTE


def test_json_for_a_script_holds_no_markup() -> None:
    text = as_json({"x": "</script><!--&\u2028\u2029", "y": "\udcff"})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["x"] == "</script><!--&\u2028\u2029"


def test_file_name_that_is_not_unicode_is_written(tmp_path: Path, program: Program) -> None:
    save(tmp_path, "ledger", [entry("in/caf\udce9.pdf", None, "io_error")])
    assert data_of(write_report(tmp_path, program))["documents"][0]["title"] == "caf\udce9.pdf"


@pytest.fixture
def visit(browser: Any, page: Path) -> Iterator[Any]:  # noqa: F811
    """Open the page, and fail if it does what it should not."""
    with visiting(browser, page) as go:
        yield go


CELL = 'td [data-report="1"][data-who="-1"][data-target="16"]'  # the report that was read whole, objective 17


@pytest.mark.slow
def test_a_cell_opens_its_quotes_and_escape_closes(visit: Any) -> None:
    tab = visit()
    tab.click(CELL)
    assert tab.inner_text("#panel blockquote mark") == QUOTE
    assert "carried out" in tab.inner_text(".quote-head") and "90 %" in tab.inner_text(".quote-head")
    assert "The ministry did this" in tab.inner_text(".lead-in") and "no. 7.a" in tab.inner_text(".place")
    assert "p. 3" in tab.inner_text(".place") and "target=objective%3A17" in tab.url
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#panel") and tab.evaluate(f"document.activeElement.matches('{CELL}')")


@pytest.mark.slow
def test_address_opens_the_cell_again(visit: Any) -> None:
    tab = visit(address=f"#document={'a' * 16}&organisation=cim&target=objective:17&quote={1:016x}")
    assert tab.inner_text("#panel .quote.marked mark") == QUOTE
    assert tab.is_visible("tr.organisation")


@pytest.mark.slow
def test_hostile_text_is_shown_literally(visit: Any) -> None:
    tab = visit()
    tab.click('td [data-report="0"][data-who="-1"][data-target="0"]')
    tab.click(".why summary")
    visible = HOSTILE.replace("\u202e", "⟦U+202E⟧")
    assert tab.inner_text("#panel blockquote mark") == visible and visible in tab.inner_text(".why")
    assert tab.title().startswith("Evidence map") and tab.locator("img").count() == 0


@pytest.mark.slow
def test_keys_move_through_the_map(visit: Any) -> None:
    tab = visit()
    tab.focus(CELL)
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Enter")
    assert "Objective 16" in tab.inner_text(".panel-kind").title() and tab.is_visible(".quote.review")


@pytest.mark.slow
def test_objective_unfolds_its_activities(visit: Any) -> None:
    tab = visit()
    tab.click('[data-head="16"]')
    assert tab.locator("th.activity").count() == 1 and "none found" in tab.inner_text("th.rest")


@pytest.mark.slow
def test_filters_narrow_map_and_panel(visit: Any) -> None:
    tab = visit()
    tab.fill("#by-words", "CONSULATE detained")
    assert tab.locator("tr.document").count() == 1
    tab.select_option("#by-lane", "review")
    assert "filtered" in tab.get_attribute(CELL, "class") and tab.is_visible(".legend .filtered")
    tab.click("text=Clear filters")
    assert "suggested" in tab.get_attribute(CELL, "class") and tab.locator("tr.document").count() == 3


@pytest.mark.slow
def test_titles_change_their_language(visit: Any, program: Program) -> None:
    tab = visit()
    tab.click('[data-code="es"]')
    assert tab.get_attribute('[data-head="16"]', "aria-label").endswith(program.labels["objective:17"].title["es"])


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_does_not_scroll_sideways(visit: Any, scheme: str) -> None:
    tab = visit(360, color_scheme=scheme)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert tab.is_visible(".objectives") and tab.evaluate(fits)
    tab.click('[data-head="16"]')
    tab.click(".list-line >> nth=0")
    assert tab.is_visible("#panel blockquote") and tab.evaluate(fits)
    tab.click(".close")
    tab.click("[data-view=map]")
    assert tab.evaluate(fits)


@pytest.mark.slow
def test_plain_table_stands_without_scripts(visit: Any) -> None:
    tab = visit(java_script_enabled=False)
    assert tab.locator("table.map tbody tr").count() == 3 and tab.is_hidden("#tools")
