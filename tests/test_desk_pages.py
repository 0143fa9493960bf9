"""The desk in a browser: a real server, a tiny model, people who use nothing but the keyboard, and hostile reports."""

import importlib.resources
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import browser, visiting
from tests.sites import (
    READY_SECONDS,
    SAMPLES,
    Site,
    current,
    heard,
    place,
    press,
    ready,
    select_words,
    serving,
    site,
    tab_to,
)  # fmt: skip

pytestmark = pytest.mark.slow
__all__ = ["browser", "place", "site"]
REFUSED = "status of 409"  # the browser logs every answer that is not 2xx


@pytest.fixture(scope="module")
def report(site: Site, annotated_texts: list[str]) -> str:
    """A report in which every kind of block and a sign of two UTF-16 units stand before the passages."""
    parts = [
        "Report of the committee 🙂🙂",
        *(f"{number}. 🙂 {text}" for number, text in enumerate(annotated_texts[:8], 1)),
    ]
    return site.send("committee.txt", "\n\n".join(parts).encode())


# --- a day's work


def test_from_upload_to_decisions_by_keyboard_alone(
    browser: Any, site: Site, annotated_texts: list[str], tmp_path: Path
):
    path = tmp_path / "keyboard.txt"
    path.write_text("\n\n".join(["Keyboard report", *annotated_texts[8:14]]), "utf-8")
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1")))
        tab.on("filechooser", lambda _: None)  # taken from now on, not only while one is expected
        tab_to(tab, "#choose")
        with tab.expect_file_chooser() as chooser:
            press(tab, "f")
        chooser.value.set_files(path)
        link = tab.locator("#rows tr", has_text="keyboard.txt").locator("th a")
        link.wait_for(timeout=READY_SECONDS * 1000)
        document_id = link.get_attribute("href").rsplit("/", 1)[1]
        tab_to(tab, f"a[href$='{document_id}']")
        press(tab, "Enter")
        tab.wait_for_url("**/reports/*")
        ready(tab)
        tab.locator("#show").select_option("all")
        first = current(tab)
        tab.locator("#panel-title").focus()
        press(tab, "a")
        heard(tab, "confirmed")
        second = current(tab)
        assert second != first
        press(tab, "x")
        heard(tab, "rejected")
        third = current(tab)
        press(tab, "u")
        heard(tab, "unsure")
        press(tab, "l")
        heard(tab, "postponed")
        states = {item["item_id"]: item["state"] for item in site.items(document_id)}
        assert (states[first], states[second], states[third]) == ("confirmed", "rejected", "unsure")

        fourth = current(tab)
        press(tab, "t", "ArrowDown", "Escape", "a")  # another treatment: it is corrected
        heard(tab, "corrected")
        item = next(item for item in site.items(document_id) if item["item_id"] == fourth)
        assert item["state"] == "corrected"
        press(tab, "z")
        heard(tab, "Undone")
        item = next(item for item in site.items(document_id) if item["item_id"] == fourth)
        assert item["state"] == "suggested" and current(tab) == fourth

        press(tab, "e")
        tab.keyboard.type("as it says <b>itself</b>; j k x")  # keys in a field only write
        press(tab, "Escape", "a")
        heard(tab, "confirmed")
        item = next(item for item in site.items(document_id) if item["item_id"] == fourth)
        assert (item["state"], item["reason"]) == ("confirmed", "as it says <b>itself</b>; j k x")
        with tab.expect_download() as kept:
            tab.locator(".report-tools .menu summary").focus()
            press(tab, "Enter")
            tab.locator(".report-tools .menu a", has_text="CSV").focus()
            press(tab, "Enter")
        assert "confirmed" in Path(kept.value.path()).read_text("utf-8")


def test_the_quote_goes_by_sentences_and_words(browser: Any, site: Site, report: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all")))
        before = next(item for item in site.items(report) if item["item_id"] == current(tab))
        press(tab, "w", ",")
        heard(tab, "The quote is now")
        press(tab, "Escape")
        assert tab.locator(".draft").count() == 0
        press(tab, ",", ",", "Enter")
        heard(tab, "corrected")
        after = next(item for item in site.items(report) if item["item_id"] == before["item_id"])
        assert (
            after["state"] == "corrected"
            and after["end"] < before["end"]
            and before["quote"].startswith(after["quote"])
        )
        press(tab, "z")
        heard(tab, "Undone")


def test_a_label_for_selected_text_stands_at_the_right_characters(browser: Any, site: Site, report: str):
    with site.client("officer-1") as client:
        contents = client.get(f"/api/reports/{report}").json()
    passage = next(row for row in contents["passages"] if row["kind"] != "heading" and row["end"] - row["start"] > 60)
    text = contents["text"][passage["start"] : passage["end"]]
    words = " ".join(text.split()[2:6])
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all")))
        select_words(tab, passage["passage_id"], words)
        press(tab, "n")
        tab.locator("dialog .picked", has_text=words).wait_for()
        tab.keyboard.type("20")
        press(tab, "Enter")
        heard(tab, "20, confirmed")
        added = next(item for item in site.items(report) if item["target"] == "objective:20" and item["lane"] is None)
        assert added["quote"] == words == contents["text"][added["start"] : added["end"]]
        press(tab, "z")
        heard(tab, "Undone")
        assert added["item_id"] not in {item["item_id"] for item in site.items(report)}
        assert tab.locator(f"[data-claim='{added['item_id']}']").count() == 0


def test_bulk_asks_and_takes_the_sure_lane_alone(browser: Any, site: Site, annotated_texts: list[str]):
    document_id = site.send("bulk.txt", "\n\n".join(["Bulk", *annotated_texts[14:20]]).encode())
    sure = [item for item in site.items(document_id) if item["lane"] == "suggested"]
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{document_id}")))
        press(tab, "b")
        if not sure:
            heard(tab, "No suggestion is open")
            return
        assert str(len(sure)) in tab.locator("dialog").inner_text()
        press(tab, "Escape")
        assert {item["state"] for item in site.items(document_id)} == {"suggested"}
        press(tab, "b", "Enter")
        tab.locator(".tag.confirmed").first.wait_for()
        states = {item["lane"]: item["state"] for item in site.items(document_id)}
        assert states["suggested"] == "confirmed" and states.get("review", "suggested") != "rejected"


# --- two at once


def test_what_others_decide_appears_and_conflicts_show_both_versions(browser: Any, site: Site, report: str):
    with visiting(browser, site.base, (REFUSED,)) as go, site.client("officer-2") as other:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all")))
        press(tab, "j")
        item = next(item for item in site.items(report) if item["item_id"] == current(tab))
        asked = {"item_id": item["item_id"], "action": "reject", "version": item["version"], "reason": "not here"}
        assert other.post(f"/api/reports/{report}/decisions", json={"asks": [asked]}).status_code == 200
        press(tab, "a")  # before it was told
        dialog = tab.locator("dialog")
        dialog.wait_for()
        assert "rejected" in dialog.inner_text() and "not here" in dialog.inner_text()
        dialog.locator("button[value=yours]").click()
        heard(tab, "confirmed")
        states = {one["item_id"]: one["state"] for one in site.items(report)}
        assert states[item["item_id"]] == "confirmed"
        now = next(one for one in site.items(report) if one["item_id"] == item["item_id"])
        asked |= {"version": now["version"], "action": "unsure"}
        assert other.post(f"/api/reports/{report}/decisions", json={"asks": [asked]}).status_code == 200
        heard(tab, "officer-2")
        assert tab.locator(f"[data-claim='{item['item_id']}'].unsure").count() == 1


def test_two_readings_are_adjudicated(browser: Any, site: Site, annotated_texts: list[str]):
    document_id = site.send("double.txt", "\n\n".join(["Double", *annotated_texts[20:26]]).encode())
    item = next(one for one in site.items(document_id) if one["target"].startswith("objective"))
    route = f"/api/reports/{document_id}"
    with site.client("officer-1") as one, site.client("officer-2") as two:
        asked = {"item_id": item["item_id"], "action": "confirm", "version": 0}
        assert one.post(f"{route}/decisions", json={"asks": [asked]}).status_code == 200
        assert two.post(f"{route}/reading", json={"do": "open_second"}).status_code == 200
        blind = next(row for row in site.items(document_id, "officer-2") if row["item_id"] == item["item_id"])
        assert (blind["state"], blind["who"]) == ("suggested", None)
        again = {**asked, "action": "reject"}
        assert two.post(f"{route}/decisions", json={"asks": [again]}).status_code == 200
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("judge-1", f"/adjudicate/{document_id}")))
        assert tab.locator(".pair").count() >= 1
        sides = tab.locator(".pair").first.locator(".reading")
        assert "confirmed" in sides.nth(0).inner_text() and "rejected" in sides.nth(1).inner_text()
        press(tab, "2")
        tab.locator(".pair.settled").first.wait_for()
        with site.client("judge-1") as judge:
            assert judge.get(f"{route}/disagreements").json()["pairs"] == []
            final = judge.get(route, params={"reading": 3}).json()["items"]
        assert next(row for row in final if row["item_id"] == item["item_id"])["state"] == "rejected"


def test_who_may_only_look_is_offered_nothing_to_change(browser: Any, site: Site, report: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("guest-1")))
        assert tab.locator("#file").count() == 0
        tab.goto(f"{site.base}/reports/{report}?show=all")
        ready(tab)
        assert tab.locator(".act, .quick").count() == 0
        press(tab, "a")
        heard(tab, "not decide")


def test_a_desk_opened_again_has_everything(
    browser: Any, place: tuple[Path, dict[str, str]], tiny_model: Path, site: Site
):
    folder = place[0].parent / "again" / "desk"
    folder.parent.mkdir()
    (folder.parent / "users.json").write_bytes((place[0].parent / "users.json").read_bytes())
    with serving(folder, tiny_model, site.tokens) as first:
        document_id = first.send("again.txt", (SAMPLES / "04-ngo-shadow-report-belize-en.txt").read_bytes())
        with visiting(browser, first.base) as go:
            tab = ready(go(address=first.address("officer-1", f"/reports/{document_id}?show=all")))
            item = current(tab)
            press(tab, "a")
            heard(tab, "confirmed")
    with serving(folder, tiny_model, site.tokens) as second, visiting(browser, second.base) as go:
        tab = ready(go(address=second.address("officer-1", f"/reports/{document_id}?item={item}&show=all")))
        assert tab.locator(f"[data-claim='{item}'].confirmed").count() == 1


# --- offsets


def test_characters_are_counted_as_python_counts_them(browser: Any, site: Site):
    draw = random.Random(7)
    alphabet = "ab \n🙂𝔸é\u0301\u202e\u2066\u200fñ漢👩‍👩‍👧"
    cases = []
    for _ in range(200):
        text = "".join(draw.choice(alphabet) for _ in range(draw.randrange(60)))
        start = draw.randrange(len(text) + 1)
        cases.append([text, start, draw.randrange(start, len(text) + 1)])
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1")))
        found = tab.evaluate(
            """async (cases) => {
                const { Characters, run } = await import("/static/passage.js");
                const offsets = (node) => [...node.querySelectorAll("[data-start]"), node]
                    .filter((one) => one.dataset.start)
                    .map((one) => [Number(one.dataset.start), one.textContent, Boolean(one.dataset.whole)]);
                return cases.map(([text, start, end]) => {
                    const all = new Characters(text);
                    return [all.length, all.slice(start, end), offsets(run(all.slice(start, end), start))];
                });
            }""",
            cases,
        )
    for (text, start, end), (length, piece, parts) in zip(cases, found, strict=True):
        assert (length, piece) == (len(text), text[start:end])
        for at, shown, whole in parts:
            assert shown == (f"⟦U+{ord(text[at]):04X}⟧" if whole else text[at : at + len(shown)])


# --- hostile reports

EVIL = (
    "<script>complain('script')</script>",
    "<img src=x onerror=complain('img')>",
    "</textarea></template></title><script>complain('closing')</script>",
    "\" onmouseover=complain('attribute') style=position:fixed x=\"",
    "javascript:complain('link')",
    "{{ 7 * 7 }} ${complain('template')} {% raw %}",
    "*{display:none} } body { background: url(http://example.com/x) }",
    "\u202egnihton setadpu rotcarid\u202c \u2066hidden\u2069 \u200fmark",
    "<svg/onload=complain('svg')> <a href='javascript:complain(1)'>a</a> &lt;b&gt;",
)
MISSING = ("/nothing/here", f"/reports/{'0' * 64}")
VIEWS = ("/", "/queue", "/map", "/map?mode=coverage", "/codebook", "/log", "/help")


@pytest.fixture(scope="module")
def hostile(site: Site, annotated_texts: list[str]) -> str:
    parts = [f"{evil} {text} {evil}" for evil, text in zip(EVIL, annotated_texts[26:], strict=False)]
    text = "\n\n".join(["<b>Title</b> <script>complain(0)</script>", *parts, "w" * 1_000_000])
    document_id = site.send("<img src=x onerror=complain('name')>\u202e.txt", text.encode())
    with site.client("officer-1") as client:
        for item, evil in zip(site.items(document_id), EVIL, strict=False):
            asked = {"item_id": item["item_id"], "action": "correct", "version": 0, "reason": evil, "implementer": evil}
            client.post(f"/api/reports/{document_id}/decisions", json={"asks": [asked]})
    return document_id


def test_hostile_words_stay_words(browser: Any, site: Site, hostile: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{hostile}?show=all")))
        shown = tab.locator("#text").inner_text()
        assert all(evil in shown for evil in EVIL if "\u202e" not in evil)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200f]", tab.locator("body").inner_text())
        for key in ("j", "j", "J", "J", "j", "n", "Escape", "c", "?", "Escape"):
            press(tab, key)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1400
        tab.locator("#text").hover()
        for view in (*VIEWS, f"/adjudicate/{hostile}"):
            tab.goto(site.base + view)
            ready_or_help(tab, view)
            told = tab.locator("body").inner_text()
            assert not re.search("[\u202a-\u202e\u2066-\u2069\u200f]", told)
            assert view != "/log" or ("⟦U+202E⟧" in told and EVIL[0] in told)
            assert tab.evaluate("document.querySelectorAll('main img[src=x], main script, main svg').length") == 0
    with site.client("judge-1") as client:
        assert client.get("/api/reports").status_code == 200


def ready_or_help(tab: Any, view: str) -> None:
    if view != "/help":
        ready(tab)


# --- everybody can use it

AXE = "axe_playwright_python"


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip(AXE)
    return (importlib.resources.files(AXE) / "axe.min.js").read_text("utf-8")


def dialogs(tab: Any) -> Iterator[str]:
    """Open each dialog of the report view, one after another."""
    for key in ("n", "?", "b"):
        press(tab, key)
        tab.wait_for_timeout(200)
        yield f"dialog of {key}"
        press(tab, "Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, site: Site, report: str, axe: str, scheme: str):
    def check(tab: Any, name: str) -> list[str]:
        tab.evaluate(axe)
        found = tab.evaluate("axe.run()")["violations"]
        return [f"{name}: {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]

    wrong: list[str] = []
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("judge-1"), color_scheme=scheme))
        for view in (*VIEWS, f"/adjudicate/{report}", f"/reports/{report}?show=all", f"/reports/{report}?lang=es"):
            tab.goto(site.base + view)
            ready_or_help(tab, view)
            wrong += check(tab, view)
        for name in dialogs(tab):
            wrong += check(tab, name)
    assert wrong == []


@pytest.mark.parametrize("width", [360, 700])
def test_nothing_scrolls_sideways(browser: Any, site: Site, report: str, hostile: str, width: int):
    """360: a phone; 700: a screen of 1400 at 200 %."""
    with visiting(browser, site.base) as go:
        tab = ready(go(width, address=site.address("judge-1")))
        for view in (*VIEWS, f"/adjudicate/{report}", f"/reports/{report}", f"/reports/{hostile}"):
            tab.goto(site.base + view)
            ready_or_help(tab, view)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, view
            for pane in tab.locator("[data-to-pane]").all():
                pane.click()
                assert tab.evaluate("document.documentElement.scrollWidth") <= width, view
            cut = tab.evaluate("[...document.querySelectorAll('.top *')].filter((one) => "
                               "one.getBoundingClientRect().right > innerWidth + 1).length")  # fmt: skip
            assert cut == 0, view  # the menu wraps, nothing of it is out of sight


def test_a_page_that_is_not_there_leads_back(browser: Any, site: Site, axe: str):
    with visiting(browser, site.base, ("status of 404",)) as go:
        tab = go(address=site.address("officer-1", "/help?lang=es"))
        for path in MISSING:
            tab.goto(site.base + path)
            assert tab.locator("h1").inner_text() == "Esta página no existe"
            tab.evaluate(axe)
            assert tab.evaluate("axe.run()")["violations"] == []
            assert tab.locator("nav .views a").count() == 6
            tab.locator("summary").click()
            assert "existe" in tab.locator("details p").inner_text() or "mesa" in tab.locator("details p").inner_text()
            tab.locator("a.strong").click()
            assert ready(tab).locator("h1").inner_text() == "Bandeja de entrada"


def test_the_second_reading_stands_above_the_report(browser: Any, site: Site, annotated_texts: list[str]):
    document_id = site.send("second.txt", "\n\n".join(["Second", *annotated_texts[44:48]]).encode())
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-2", f"/reports/{document_id}")))
        assert tab.locator("#second").inner_text() == "Second reading"
        tab.locator("#second").click()
        ready(tab).locator("[data-reading=open_second]").click()
        with tab.expect_navigation():
            tab.locator("dialog button[value=yes]").click()
        ready(tab).locator("#back").click()
        assert ready(tab).locator("#second").inner_text() == "Second reading: yours"
        tab.goto(site.base)
        row = ready(tab).locator("#rows tr", has_text="second.txt")
        assert row.locator(".second a").get_attribute("href") == f"/adjudicate/{document_id}"


def test_what_the_server_refuses_is_said_in_the_language_of_the_page(browser: Any, site: Site, report: str):
    with visiting(browser, site.base, ("status of 4",)) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?lang=pt&show=all")))
        tab.locator("#sheet-in").set_input_files(
            [{"name": "x.xlsx", "mimeType": "application/octet-stream", "buffer": b"no sheet"}]
        )
        box = tab.locator(".note-box.bad")
        box.wait_for()
        assert "Não é um arquivo XLSX" in box.inner_text() and "sheet" not in box.inner_text()


def test_the_language_is_kept_and_says_what_document_text_is(browser: Any, site: Site, report: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1")))
        tab.locator("a[data-language=fr]").click()
        ready(tab)
        assert (tab.evaluate("document.documentElement.lang"), tab.locator("h1").inner_text()) == (
            "fr",
            "Boîte de réception",
        )
        tab.goto(f"{site.base}/reports/{report}?show=all")
        ready(tab)
        assert tab.evaluate("document.documentElement.lang") == "fr"
        languages = tab.evaluate("[...document.querySelectorAll('.passage p')].map((one) => one.lang)")
        assert set(languages) <= {"en", "es", "pt", "fr"} and all(languages)


def test_single_keys_can_be_switched_off(browser: Any, site: Site, report: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all")))
        before = current(tab)
        press(tab, "?")
        tab.locator("dialog input[type=checkbox]").uncheck()
        press(tab, "Escape", "j")
        assert current(tab) == before
        tab.evaluate("localStorage.clear()")
        press(tab, "j")
        assert current(tab) != before


def test_what_is_chosen_stands_in_the_address(browser: Any, site: Site, report: str):
    with visiting(browser, site.base) as go:
        tab = ready(go(address=site.address("officer-1", f"/reports/{report}?show=all")))
        press(tab, "j", "j")
        item, address = current(tab), tab.url
        assert f"item={item}" in address
        tab.goto(address)
        ready(tab)
        assert current(tab) == item
