"""What officers do with their hands, in a browser: drop a file, fill in a sheet, split, relabel, point at a page."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nlp.copies import sheet
from tests.browsing import browser, visiting
from tests.sites import READY_SECONDS, SAMPLES, Site, current, heard, place, press, ready, site

pytestmark = pytest.mark.slow
__all__ = ["browser", "place", "site"]
PDF = "10-cancilleria-proteccion-retorno-es.pdf"
COLUMN = {key: number for number, (key, _) in enumerate(sheet.COLUMNS, 1)}
REFUSED = "status of 4"  # the browser logs every answer that is not 2xx


@pytest.fixture(scope="module")
def report(site: Site, annotated_texts: list[str]) -> str:
    """A report whose passages have several sentences each."""
    texts = [f"{annotated_texts[n]} {annotated_texts[n + 1]}" for n in range(0, 12, 2)]
    return site.send("hands.txt", "\n\n".join(["Hands", *texts]).encode())


@pytest.fixture(scope="module")
def pages(site: Site) -> str:
    return site.send(PDF, (SAMPLES / PDF).read_bytes())


def states(site: Site, document_id: str) -> dict[str, str]:
    return {item["item_id"]: item["state"] for item in site.items(document_id)}


def drop(tab: Any, paths: list[Path], selector: str) -> None:
    """Drag files from outside the browser onto an element, and let go."""
    box = tab.locator(selector).bounding_box()
    session = tab.context.new_cdp_session(tab)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": data}
    session.send("Input.dispatchDragEvent", {"type": "dragEnter", **at})
    session.send("Input.dispatchDragEvent", {"type": "dragOver", **at})
    tab.wait_for_selector("#drop.over")
    session.send("Input.dispatchDragEvent", {"type": "drop", **at})


@pytest.mark.parametrize("where", ["#drop", "h1"])
def test_files_dropped_anywhere_on_the_inbox_are_taken(
    browser: Any, site: Site, annotated_texts: list[str], tmp_path: Path, where: str
):
    names = [f"dropped-{where.strip('#')}-{number}.txt" for number in (1, 2)]
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f"{name}\n\n{annotated_texts[30 + number]}", "utf-8")
    (tmp_path / "nothing.txt").touch()
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1")))
        drop(tab, [tmp_path / name for name in (*names, "nothing.txt")], where)
        tab.locator(".note-box.bad", has_text="nothing.txt").wait_for()
        for name in names:
            tab.locator("#rows tr", has_text=name).locator("th a").wait_for(timeout=READY_SECONDS * 1000)
        assert tab.locator("#drop.over").count() == 0
        assert tab.url.startswith(site.base + "/")  # the browser did not open the file in its place


def test_who_may_only_look_drops_nothing(browser: Any, site: Site, tmp_path: Path):
    path = tmp_path / "guest.txt"
    path.write_text("Not mine to bring.", "utf-8")
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("guest-1")))
        session = tab.context.new_cdp_session(tab)
        at = {"x": 400, "y": 300, "data": {"items": [], "files": [str(path)], "dragOperationsMask": 1}}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **at})
        heard(tab, "not decide")
        assert len(tab.context.pages) == 1  # the browser did not open the file


def test_a_sheet_goes_out_is_filled_in_and_comes_back(
    browser: Any, site: Site, annotated_texts: list[str], tmp_path: Path
):
    document_id = site.send("sheet.txt", "\n\n".join(["Sheet", *annotated_texts[14:20]]).encode())
    path = tmp_path / "filled.xlsx"
    with visiting(browser, site.base, (REFUSED,)) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{document_id}?lang=es&show=all")))
        tab.locator(".report-tools .menu summary").click()
        with tab.expect_download() as kept:
            tab.locator(".report-tools .menu a[href*='sheet.xlsx']").click()
        book = openpyxl.load_workbook(io.BytesIO(Path(kept.value.path()).read_bytes()))
        page = book.worksheets[0]
        assert page.cell(1, COLUMN["decision"]).value == "Decisión"  # the language of the page
        rows = {row[0].value: row for row in page.iter_rows(min_row=2)}
        asked = dict(
            zip(
                [one for one in rows if rows[one][3].value.startswith("objective")],
                ("confirmar", "rechazar"),
                strict=False,
            )
        )
        for item_id, word in asked.items():
            rows[item_id][COLUMN["decision"] - 1].value = word
        book.save(path)
        with tab.expect_navigation():
            tab.locator("#sheet-in").set_input_files(path)
        ready(tab)
        first, second = asked
        now = states(site, document_id)
        assert (now[first], now[second]) == ("confirmed", "rejected")
        assert tab.locator("#counts .tag.confirmed").count() == 1

        tab.locator("#sheet-in").set_input_files(path)  # the same again: others decided meanwhile
        tab.locator(".note-box.bad").wait_for()
        (tmp_path / "no.xlsx").write_bytes(b"no sheet")
        tab.locator(".note-box.bad .shut").click()
        tab.locator("#sheet-in").set_input_files(tmp_path / "no.xlsx")
        tab.locator(".note-box.bad").wait_for()
        assert states(site, document_id) == now


def test_a_quote_is_split_where_she_says(browser: Any, site: Site, report: str):
    item = max(site.items(report), key=lambda one: one["quote"].count(". ") if one["state"] == "suggested" else -1)
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all&item={item['item_id']}")))
        for _ in range(6):  # as far as the passage goes
            press(tab, ".", "<")
        draft = tab.evaluate("document.querySelector('#panel-body mark')?.textContent")
        press(tab, "s")
        dialog = tab.locator("dialog[open]")
        dialog.wait_for()
        cuts = dialog.locator("input[type=radio]").count()
        assert cuts >= 1 and draft
        press(tab, "Escape")
        assert states(site, report)[item["item_id"]] == "suggested"  # nothing was decided
        press(tab, "s")
        first = tab.locator("dialog[open] .cut").first.inner_text().strip()
        press(tab, "Enter")
        tab.wait_for_selector("dialog", state="detached")
        heard(tab, "corrected")
        now = {one["item_id"]: one for one in site.items(report)}
        own = [one for one in now.values() if one["target"] == item["target"] and one["who"]]
        assert len(own) == 2 and own[0]["end"] <= own[1]["start"]
        assert own[0]["quote"].endswith(first) and now[item["item_id"]]["state"] == "corrected"
        assert tab.locator("#text .mark-current").count() >= 1
        press(tab, "z")
        heard(tab, "Undone")
        after = {one["item_id"]: one for one in site.items(report)}
        assert after[item["item_id"]]["state"] == "suggested" and own[1]["item_id"] not in after


def test_another_label_takes_the_place_of_one(browser: Any, site: Site, report: str):
    item = next(one for one in site.items(report) if one["target"].startswith("objective"))
    target = "objective:7" if item["target"] != "objective:7" else "objective:8"
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all&item={item['item_id']}")))
        press(tab, "m")
        tab.locator("dialog .picked").wait_for()
        tab.keyboard.type(target.partition(":")[2])
        press(tab, "Enter")
        heard(tab, "confirmed")
        now = site.items(report)
        (new,) = [one for one in now if one["target"] == target and one["state"] == "confirmed"]
        assert (new["quote"], new["passage_id"]) == (item["quote"], item["passage_id"])
        assert next(one for one in now if one["item_id"] == item["item_id"])["state"] == "rejected"
        assert current(tab) == new["item_id"]
        press(tab, "z")  # both at once
        heard(tab, "Undone")
        after = states(site, report)
        assert after[item["item_id"]] == "suggested" and "confirmed" not in after.values()


def test_boxes_on_the_page_picture_stand_at_their_passages(browser: Any, site: Site, pages: str):
    with site.client("officer-1") as client:
        contents = client.get(f"/api/reports/{pages}").json()
        sizes = {row["page"]: row for row in client.get(f"/api/reports/{pages}/pages").json()["pages"]}
    held = {item["passage_id"] for item in contents["items"]}
    passages = [row for row in contents["passages"] if row["passage_id"] in held and row["bbox"]]
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{pages}?show=all")))
        assert not tab.locator("#picture").is_visible()
        press(tab, "g")
        heard(tab, "shown")
        tab.wait_for_function("() => document.querySelector('#picture img')?.naturalWidth > 100")
        assert "picture=1" in tab.url
        boxes = tab.locator("#picture .page-box:not([hidden])")
        assert boxes.count() == len(passages)
        for number, row in [*enumerate(passages)][:5]:
            page = sizes[row["page"]]
            room = tab.locator("#picture .page-room").nth(row["page"] - 1).bounding_box()
            box = boxes.nth(number).bounding_box()
            x0, top, x1, bottom = row["bbox"]
            assert box["x"] - room["x"] == pytest.approx(x0 / page["width"] * room["width"], abs=3)
            assert box["y"] - room["y"] == pytest.approx(top / page["height"] * room["height"], abs=3)
            assert box["width"] == pytest.approx((x1 - x0) / page["width"] * room["width"], abs=6)
            assert box["height"] == pytest.approx((bottom - top) / page["height"] * room["height"], abs=6)
        last = passages[-1]["passage_id"]
        boxes.last.click()
        tab.wait_for_selector(f"#text .passage.here[data-passage='{last}']")
        assert tab.locator("#picture .page-box.here").count() == 1
        item = current(tab)
        press(tab, "x")
        heard(tab, "rejected")
        assert states(site, pages)[item] == "rejected"
        press(tab, "z")
        heard(tab, "Undone")
        press(tab, "g")
        heard(tab, "hidden")
        assert not tab.locator("#picture").is_visible()


def test_the_queue_is_worked_off_by_keys_and_by_hand(browser: Any, site: Site, annotated_texts: list[str]):
    document_id = site.send("queue.txt", "\n\n".join(["Queue", *annotated_texts[34:44]]).encode())
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", "/queue?order=position")))
        rows = tab.locator("#queue .row")
        before = rows.count()
        assert before > 6

        def done(key: str) -> str:
            item = str(tab.evaluate("document.querySelector('#queue .row.chosen').dataset.item"))
            tab.wait_for_selector(f"#panel-body [data-claim='{item}']")
            press(tab, key)
            tab.wait_for_selector(f"#queue [data-item='{item}']", state="detached")
            return item

        first, second, third = done("x"), done("u"), done("l")
        assert rows.count() <= before - 3
        now = {
            name: one
            for report in (document_id, *others(site, document_id))
            for name, one in states(site, report).items()
        }
        assert (now[first], now[second], now[third]) == ("rejected", "unsure", "postponed")
        press(tab, "z")
        tab.wait_for_selector(f"#queue .row.chosen[data-item='{third}']")
        press(tab, "j", "k")
        item = str(tab.evaluate("document.querySelector('#queue .row.chosen').dataset.item"))
        assert item == third
        tab.locator(f"#panel-body [data-claim='{item}'] .act.confirm").click()
        tab.wait_for_selector(f"#queue [data-item='{item}']", state="detached")
        rest = {
            name: one
            for report in (document_id, *others(site, document_id))
            for name, one in states(site, report).items()
        }
        assert rest[item] == "confirmed"
        chosen = str(tab.evaluate("document.querySelector('#queue .row.chosen').dataset.item"))
        press(tab, "v")
        tab.wait_for_url("**/reports/*")
        ready(tab)
        assert current(tab) == chosen


def others(site: Site, document_id: str) -> list[str]:
    with site.client("officer-1") as client:
        rows = client.get("/api/reports").json()["reports"]
    return [row["document_id"] for row in rows if row["document_id"] != document_id and row["state"] == "ready"]
