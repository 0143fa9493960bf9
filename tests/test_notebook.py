"""Reviewing in a notebook: the widget's messages become decisions on a desk, its script is the desk's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import browser

from nlp.desk.notebook import Bench, review, script
from nlp.errors import UsageError
from nlp.review.desk import Desk
from nlp.review.records import Reader

__all__ = ["browser"]


@pytest.fixture
def desk(finished_run: Path, tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(tmp_path / "desk") as opened:
        opened.bring_in(finished_run)
        yield opened


def busy(desk: Desk) -> str:
    return next(report.document_id for report in desk.reports() if report.counts.get("suggested"))


def test_what_is_asked_in_a_notebook_is_decided_on_the_desk(desk: Desk):
    widget = review(desk, busy(desk))
    item = widget.shown["items"][0]
    widget._handle_custom_msg(
        {"decide": item["item_id"], "version": 0, "action": "confirm", "changes": {"reason": "so"}}, []
    )
    logged = [one for one in desk.log() if one.item_id == item["item_id"]]
    assert [(one.action, one.who, one.item.reason) for one in logged] == [("confirm", "officer-1", "so")]
    assert next(one for one in widget.shown["items"] if one["item_id"] == item["item_id"])["state"] == "confirmed"
    widget._handle_custom_msg({"undo": True}, [])
    assert next(one for one in widget.shown["items"] if one["item_id"] == item["item_id"])["state"] == "suggested"


def test_a_stale_version_is_told_and_nothing_is_lost(desk: Desk):
    bench = Bench(desk, busy(desk), Reader("officer-1"))
    item = bench.shown()["items"][0]
    for _ in range(2):
        bench.hear({"decide": item["item_id"], "version": 0, "action": "reject", "changes": {}})
    assert "decide again" in bench.fault and bench.shown()["fault"] == bench.fault
    bench.hear({"go": 1})
    assert bench.fault == "" and bench.shown()["place"] == min(1, bench.shown()["count"] - 1)


def test_another_treatment_is_a_correction(desk: Desk):
    bench = Bench(desk, busy(desk), Reader("officer-1"))
    item = bench.shown()["items"][0]
    changes = {"treatment": "planned" if item["treatment"] != "planned" else "done"}
    bench.hear({"decide": item["item_id"], "version": 0, "action": "confirm", "changes": changes})
    now = next(one for one in bench.items() if one.item_id == item["item_id"])
    assert (now.state, now.treatment) == ("corrected", changes["treatment"])


def test_no_such_report(desk: Desk):
    with pytest.raises(UsageError, match="no reports are called so"):
        review(desk, "nothing.pdf")


@pytest.mark.slow
def test_the_script_draws_and_asks(desk: Desk, browser):
    widget = review(desk, busy(desk))
    state = {name: getattr(widget, name) for name in ("shown", "labels", "implementers", "words", "language", "look")}
    page = browser.new_page()
    page.set_content("<div id=here></div>")
    page.evaluate(
        """async ([code, state]) => {
            const module = await import(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
            window.sent = [];
            const model = {get: (name) => state[name], on() {}, off() {}, send: (message) => window.sent.push(message)};
            module.default.render({model, el: document.getElementById("here")});
        }""",
        [script(), json.loads(json.dumps(state))],
    )
    assert page.locator("mark").first.inner_text().strip()
    page.locator(".act.confirm").first.click()
    sent = page.evaluate("window.sent")
    assert [(one["decide"], one["action"], one["version"]) for one in sent] == [
        (state["shown"]["items"][0]["item_id"], "confirm", 0)
    ]
