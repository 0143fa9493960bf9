"""The worklist and what moved, in a browser: on desks of made-up reports, most of whose passages have no suggestion."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from desks import ONE, PROGRAM, ask, fill, items_of

from nlp.bench.made import made_report
from nlp.program import Program, load_program
from nlp.review.desk import Desk
from tests.browsing import browser, visiting
from tests.served import bearer, running
from tests.sites import heard, press, ready
from tests.test_desk_program import put
from tests.test_reattach import PASSAGES, reread

pytestmark = pytest.mark.slow
__all__ = ["browser"]
UNREAD = "#todo .tag.unread"


def test_the_worklist_goes_to_passages_without_suggestions(browser: Any, tmp_path: Path):
    with Desk.open(tmp_path, program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        suggested = {item.passage_id for item in items_of(desk, document_id).values()}
    with running(tmp_path, "--no-map") as (_, base, token), httpx.Client(**bearer(base, token)) as client:
        told = client.get("/api/queue", params={"order": "worklist"}).json()["items"]
        bare = [row["passage_id"] for row in told if not row["item_id"] and not row["open"]]
        assert len(bare) == PASSAGES - len(suggested) > 2
        with visiting(browser, base) as go:
            tab = ready(go(address=f"/reports/{document_id}?show=worklist&token={token}"))
            assert tab.locator(UNREAD).count() == len(bare)
            tab.locator(UNREAD).first.click()
            tab.wait_for_function("id => location.search.includes(id)", arg=bare[0])
            press(tab, "0")
            tab.wait_for_function(
                "([where, count]) => document.querySelectorAll(where).length === count", arg=[UNREAD, len(bare) - 1]
            )
            (noted,) = client.get("/api/log").json()["decisions"]
            assert (noted["action"], noted["item"]["passage_id"]) == ("nothing", bare[0])
            tab.reload()
            assert ready(tab).locator(UNREAD).count() == len(bare) - 1
            tab.goto(f"{base}/reports/{document_id}?show=decided&passage={bare[0]}")
            ready(tab).locator("#panel-body .passage-tools .notice", has_text="Nothing is in this passage").wait_for()
            assert tab.locator("#todo .row").count() == 1
            press(tab, "z")
            heard(tab, "Undone")
            tab.goto(f"{base}/reports/{document_id}?show=worklist")
            assert ready(tab).locator(UNREAD).count() == len(bare)

            tab.goto(f"{base}/queue?order=worklist")
            ready(tab).locator(f"#queue [data-item='{bare[0]}']").click()
            tab.wait_for_selector("#panel-body .passage-tools")
            press(tab, "0")
            heard(tab, "Noted")
            tab.wait_for_selector(f"#queue [data-item='{bare[0]}']", state="detached")
            press(tab, "z")
            tab.wait_for_selector(f"#queue .row.chosen[data-item='{bare[0]}']")
            press(tab, "0")
            tab.wait_for_selector(f"#queue [data-item='{bare[0]}']", state="detached")
            tab.goto(f"{base}/log")
            assert ready(tab).locator("#rows tr", has_text="Nothing here").count() >= 2

            tab.goto(f"{base}/queue?order=worklist")
            ready(tab).locator(f"#queue [data-item='{bare[1]}']").click()
            tab.wait_for_selector("#panel-body .passage-tools")
            press(tab, "a")
            heard(tab, "Nothing is suggested here")
            press(tab, "n")
            tab.wait_for_selector("dialog[open]")
            assert f"/reports/{document_id}" in tab.url and bare[1] in tab.url
            tab.keyboard.type("consular")
            press(tab, "Enter")
            tab.wait_for_selector(".claim.confirmed")
            *_, added = client.get("/api/log").json()["decisions"]
            assert (added["action"], added["item"]["passage_id"]) == ("add", bare[1])


def test_a_quote_that_was_not_found_again_is_shown_as_it_was(browser: Any, tmp_path: Path):
    with Desk.open(tmp_path, program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        chosen = [i for i in items_of(desk, document_id).values() if i.target.startswith("objective")]
        for one in chosen:
            desk.decide(document_id, [ask(items_of(desk, document_id)[one.item_id])], ONE)
        lost = chosen[0].passage_id
        desk.mapped(document_id, reread(made_report(0, PASSAGES, PROGRAM)[1], str(lost)), "again")
        moved = [item for item in items_of(desk, document_id).values() if item.place != "exact"]
        orphan = next(item for item in moved if item.place == "orphaned")  # stood before the first passage that is left
    with running(tmp_path, "--no-map") as (_, base, token), visiting(browser, base) as go:
        tab = ready(go(address=f"/reports/{document_id}?show=moved&item={orphan.item_id}&token={token}"))
        assert f"({len(moved)})" in tab.locator("#show option[value=moved]").inner_text()
        assert "not found again" in tab.locator("#moved").inner_text()
        body = tab.locator(f"[data-claim='{orphan.item_id}'] > .claim-body")
        assert orphan.quote in body.locator(".old-quote").inner_text()
        assert "confirmed" in body.locator(".said").inner_text().lower()
        assert "given its place by evmap" in body.locator(".said").inner_text()
        where = f"#p-{tab.locator('.passage.here').get_attribute('data-passage')}"
        assert tab.locator(f"{where} .tag").count() == 0  # it stands beside no passage
        assert tab.locator("#text .mark-current").count() == 0  # its offsets are those of another text


def test_a_desk_of_a_programme_with_objectives_only(browser: Any, tmp_path: Path):
    program: Program = load_program("gcm")
    with Desk.open(tmp_path, program=program) as desk:
        document_id = put(desk, program)
    with running(tmp_path, "--no-map") as (_, base, token), visiting(browser, base) as go:
        tab = ready(go(address=f"/reports/{document_id}?token={token}"))
        press(tab, "a")
        tab.wait_for_selector("#counts .tag.confirmed")
        for page in ("queue", "map", "codebook", "log"):
            tab.goto(f"{base}/{page}")
            assert ready(tab).locator("option[value=activity], .fold").count() == 0
        tab.goto(f"{base}/map")
        assert ready(tab).locator("#map th.objective").count() == len(program.objectives)
