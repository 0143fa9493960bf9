"""The desk over HTTP: who gets in, who may what, what comes out."""

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import PROGRAM, fill
from fastapi.routing import APIRoute
from served import BASE, House

from nlp.copies.finding import Wanted
from nlp.copies.phrases import say
from nlp.copies.sheet import COLUMNS
from nlp.desk import views
from nlp.desk.api import ROUTERS
from nlp.desk.app import FREE, api_routes
from nlp.desk.gate import WRITES, rank_of
from nlp.desk.pictures import clear_away
from nlp.desk.shield import HEADERS, JSON_BYTES
from nlp.desk.users import RANKS
from nlp.errors import UnreadableDocument
from nlp.review.desk import Desk
from nlp.settings import Settings

NOWHERE = "0" * 64
ROUTES = api_routes((*ROUTERS, views.router))
EVIL = '=cmd|"/c calc"!A1'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Desk.open(tmp_path / "desk", program=PROGRAM) as desk:
        house = House(desk, Settings(read_seconds=20.0))
        yield house
        house.office.close()


@pytest.fixture
def filled(house: House) -> tuple[House, str]:
    return house, fill(house.desk)[0]


def path_of(route: APIRoute, document_id: str = NOWHERE) -> str:
    path = route.path.replace("{document_id}", document_id).replace("{kind}", "csv").replace("{number}", "1")
    return re.sub(r"\{[^}]+\}", "x", path)


def asks(items: list[dict], action: str = "confirm") -> dict:
    return {"asks": [{"item_id": item["item_id"], "action": action, "version": item["version"]} for item in items]}


# --- who gets in


def test_nobody_gets_in_without_a_token(house: House):
    client = house.visit()
    for route in ROUTES:
        for method in route.methods or ():
            if route.path not in FREE:
                answer = client.request(method, path_of(route), json={})
                assert answer.status_code in (401, 422), route.path
                assert answer.status_code == 401 or method in WRITES


def test_a_token_begins_a_session_and_leaves_the_address(house: House):
    client = house.visit()
    first = client.get("/", params={"token": house.tokens["officer-1"], "q": "a b"}, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/?q=a+b")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and house.tokens["officer-1"] not in cookie
    assert client.get("/api/me").json() == {"name": "officer-1", "rank": "officer"}


def test_a_wrong_token_is_refused_and_many_are_slowed_down(house: House):
    client = house.visit()
    codes = [client.get("/", params={"token": "x" * 43}).status_code for _ in range(14)]
    assert codes[0] == 401 and codes[-1] == 429
    assert client.get("/", params={"token": "x" * 43}).headers["retry-after"].isdecimal()
    assert client.get("/", params={"token": house.tokens["officer-1"]}, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example"])
def test_no_address_leads_away_from_the_desk(house: House, path: str):
    sent = house.visit().get(f"{BASE}{path}?token={house.tokens['officer-1']}", follow_redirects=False)
    assert not sent.headers.get("location", "/").startswith(("//", "/\\", "http"))


def test_a_session_is_hers_alone_and_ends(house: House, monkeypatch: pytest.MonkeyPatch):
    gate = house.office.gate
    users = gate.users.all()
    session = gate.session(users["officer-1"])
    assert gate.holder(session) == users["officer-1"]
    forged = [session.replace("officer-1", "adjudicator-1"), session[:-1], session + "0", "officer-1", "", "a.b.c.d"]
    assert not any(map(gate.holder, [*forged, session.replace(".", ".9", 1), "officer-1.²." + session[-64:]]))
    monkeypatch.setattr("nlp.desk.gate.time.time", lambda: 4e9)
    assert gate.holder(session) is None


def test_a_user_with_another_token_is_out(house: House):
    gate = house.office.gate
    officer = gate.users.all()["officer-1"]
    session = gate.session(officer)
    gate.users.all()["officer-1"] = replace(officer, digest="0" * 64)
    assert gate.holder(session) is None


def test_a_form_without_a_script_signs_in(house: House):
    client = house.visit()
    form = {"data": {"token": house.tokens["reader-1"]}, "follow_redirects": False}
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (
        client.post("/sign-in", headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}, **form).status_code == 403
    )
    assert client.post("/sign-in", headers=own, **form).status_code == 303
    assert client.get("/api/me").json()["name"] == "reader-1"


# --- from where


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9999", "127.0.0.1", "", "localhost.evil.example:8765"])
def test_another_host_is_refused(house: House, host: str):
    answer = house.visit("officer-1").get("/api/me", headers={"Host": host})
    assert answer.status_code == 421 and "officer-1" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8765"},
        {"Origin": ""},
        {"X-Evmap": ""},
    ],
)
def test_a_write_from_elsewhere_is_refused(filled: tuple[House, str], headers: dict[str, str]):
    house, document_id = filled
    client = house.visit("officer-1")
    item = client.get(f"/api/reports/{document_id}").json()["items"][0]
    answer = client.post(f"/api/reports/{document_id}/decisions", json=asks([item]), headers=headers)
    assert answer.status_code == 403
    assert house.desk.log() == []


def test_a_program_writes_with_its_token(filled: tuple[House, str]):
    house, document_id = filled
    client = house.visit()
    del client.headers["Origin"]
    client.headers["Authorization"] = f"Bearer {house.tokens['officer-1']}"
    item = client.get(f"/api/reports/{document_id}").json()["items"][0]
    assert client.post(f"/api/reports/{document_id}/decisions", json=asks([item])).status_code == 200


def test_every_answer_has_the_headers(filled: tuple[House, str]):
    house, document_id = filled
    client = house.visit("adjudicator-1")
    paths = [path_of(route, document_id) for route in ROUTES] + [
        "/nowhere",
        "/static/nothing",
        "/%00",
        "/api/reports/x",
    ]
    answers = [client.get(path) for path in paths] + [client.get("/", headers={"Host": "evil"})]
    answers += [client.post("/api/undo", json={}), client.request("PUT", "/"), house.visit().get("/")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS) or "attachment" in str(
            answer.headers.get("content-disposition")
        ), answer.url
        assert answer.headers["cache-control"] == "no-store", answer.url
        assert answer.status_code < 500, (answer.url, answer.text)
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_broken_policies_are_counted_and_nothing_is_kept(house: House):
    client = house.visit()
    report = {"csp-report": {"violated-directive": "script-src 'self'", "script-sample": "secret"}}
    for body in (json.dumps(report), "no json", "[]", '{"csp-report": {}}', "[" * 9_000):
        assert client.post("/csp-report", content=body, headers={"Origin": "null", "X-Evmap": ""}).status_code == 204
    told = house.visit("reader-1").get("/api/csp").json()
    assert told == {"reports": 5, "directives": {"script-src": 1, "other": 4}}
    assert client.post("/csp-report", content="x" * 20_000).status_code == 413


# --- who may what


def test_every_route_names_a_rank_and_writing_needs_an_officer():
    assert {route.path for route in ROUTES if rank_of(route) is None} <= FREE
    writes = {route.path: rank_of(route) for route in ROUTES if WRITES & set(route.methods or ())}
    below = {path for path, rank in writes.items() if rank == "reader"}
    assert below == {"/sign-out"}
    assert len(writes) >= 6


@pytest.mark.parametrize("rank", RANKS)
def test_the_matrix_of_ranks(filled: tuple[House, str], rank: str):
    house, document_id = filled
    client = house.visit(f"{rank}-1")
    for route in ROUTES:
        needed = rank_of(route)
        if needed is None or route.path == "/sign-out":
            continue
        for method in route.methods or ():
            code = client.request(method, path_of(route, document_id), json={}).status_code
            allowed = RANKS.index(rank) >= RANKS.index(needed)  # type: ignore[arg-type]
            assert (code == 403) is not allowed or (code == 422 and method in WRITES), (route.path, method, code)
    assert house.desk.log() == []


def test_a_reader_cannot_write(filled: tuple[House, str]):
    house, document_id = filled
    client = house.visit("reader-1")
    item = client.get(f"/api/reports/{document_id}").json()["items"][0]
    assert client.post(f"/api/reports/{document_id}/decisions", json=asks([item])).status_code == 403
    assert client.post("/api/undo", json={}).status_code == 403
    assert client.post("/api/reports?name=a.txt", content=b"words").status_code == 403
    assert house.desk.log() == [] and len(house.desk.reports()) == 1


# --- decisions


def test_decide_undo_and_read_the_log(filled: tuple[House, str]):
    house, document_id = filled
    client = house.visit("officer-1")
    item = next(i for i in client.get(f"/api/reports/{document_id}").json()["items"] if i["target"].startswith("obj"))
    decided = client.post(f"/api/reports/{document_id}/decisions", json=asks([item]))
    assert decided.status_code == 200 and decided.json()["items"][0]["state"] == "confirmed"
    log = client.get("/api/log").json()
    assert log["decisions"][0]["who"] == "officer-1" and log["last"] == log["decisions"][-1]["decision_id"]
    assert client.post("/api/undo", json={"batch": None}).status_code == 200
    later = client.get("/api/log", params={"after": log["last"]}).json()["decisions"]
    assert [row["action"] for row in later] == ["undo"]


def test_a_conflict_brings_both_versions(filled: tuple[House, str]):
    house, document_id = filled
    one, two = house.visit("officer-1"), house.visit("officer-2")
    item = one.get(f"/api/reports/{document_id}").json()["items"][0]
    place = f"/api/reports/{document_id}/decisions"
    assert one.post(place, json=asks([item], "reject")).status_code == 200
    answer = two.post(place, json=asks([item], "confirm"))
    assert answer.status_code == 409
    told = answer.json()
    assert told["theirs"][0]["state"] == "rejected" and told["theirs"][0]["who"] == "officer-1"
    assert told["error"]["hint"] and "confirm" in json.dumps(told["yours"])


@pytest.mark.parametrize(
    "body",
    [
        {"asks": []},
        {"asks": [{"item_id": "../../etc/passwd", "action": "confirm"}]},
        {"asks": [{"item_id": "0" * 16, "action": "undo"}]},
        {"asks": [{"item_id": "", "action": "add", "target": "objective:1", "start": -1, "end": 5}]},
        {"asks": [{"item_id": "", "action": "add", "target": "objective:1", "start": 10**30, "end": 5}]},
        {"asks": [{"item_id": "0" * 16, "action": "confirm", "who": "judge-1"}]},
        {"asks": [{"item_id": "0" * 16, "action": "confirm", "reason": "x" * 3_000}]},
        {"asks": "all"},
        [],
    ],
)
def test_odd_asks_are_refused_and_not_repeated(filled: tuple[House, str], body: object):
    house, document_id = filled
    answer = house.visit("officer-1").post(f"/api/reports/{document_id}/decisions", json=body)
    assert answer.status_code == 422 and set(answer.json()) == {"error"}
    assert "passwd" not in answer.text and house.desk.log() == []


def test_a_second_reader_reads_blind(filled: tuple[House, str]):
    house, document_id = filled
    one, two, place = house.visit("officer-1"), house.visit("officer-2"), f"/api/reports/{document_id}"
    item = one.get(place).json()["items"][0]
    assert one.post(f"{place}/decisions", json=asks([item], "reject")).status_code == 200
    assert two.post(f"{place}/reading", json={"do": "open_second"}).status_code == 200
    seen = two.get(place).json()
    assert seen["reader"]["reading"] == 2
    assert {row["state"] for row in seen["items"]} == {"suggested"}
    assert two.get(place, params={"reading": 1}).status_code == 403
    assert two.get(f"/reports/{document_id}/items.json", params={"reading": 1}).status_code == 403
    assert two.get("/api/log").json()["decisions"] == [] and two.get("/log.json").json() == []
    assert two.get(f"{place}/disagreements").json() == {"pairs": []}
    assert one.get(place, params={"reading": 2}).status_code == 403
    assert two.post(f"{place}/decisions", json=asks([item], "confirm")).status_code == 200
    assert two.post(f"{place}/reading", json={"do": "close"}).status_code == 200
    judge = house.visit("adjudicator-1")
    pairs = judge.get(f"{place}/disagreements").json()["pairs"]
    assert [side["state"] for side in pairs[0]] == ["rejected", "confirmed"]


# --- lists as files


def test_a_second_reader_sees_no_first_decision_in_counts_or_maps(filled: tuple[House, str]):
    house, document_id = filled
    route = f"/api/reports/{document_id}"
    first, second = house.visit("officer-1"), house.visit("officer-2")
    places = ("/api/coverage", "/api/map", "/coverage.json", "/map.json", "/reports.json", "/coverage.csv")
    assert second.post(f"{route}/reading", json={"do": "open_second"}).status_code == 200
    before = {place: second.get(place).text for place in places}
    counts = second.get(route).json()["report"]["counts"]
    items = [item for item in first.get(route).json()["items"] if item["lane"] == "suggested"]
    first.post(f"{route}/decisions", json=asks(items[:1])).raise_for_status()
    first.post(f"{route}/decisions", json=asks(items[-1:], "reject")).raise_for_status()

    assert {place: second.get(place).text for place in places} == before
    assert second.get(route).json()["report"]["counts"] == counts and not counts["confirmed"]
    (listed,) = second.get("/api/reports").json()["reports"]
    assert listed["counts"] == counts
    assert first.get("/api/reports").json()["reports"][0]["counts"]["confirmed"]
    assert first.get("/api/map").text != before["/api/map"]
    own = next(item for item in second.get(route).json()["items"] if item["item_id"] == items[-1]["item_id"])
    second.post(f"{route}/decisions", json=asks([own])).raise_for_status()
    assert second.get("/api/reports").json()["reports"][0]["counts"]["confirmed"]  # her own she sees
    assert second.get("/api/map").text != before["/api/map"]
    second.post(f"{route}/reading", json={"do": "close"}).raise_for_status()
    assert second.get("/api/map").text == first.get("/api/map").text


def test_every_list_is_a_file_too(filled: tuple[House, str]):
    house, document_id = filled
    client = house.visit("officer-1")
    item = client.get(f"/api/reports/{document_id}").json()["items"][0]
    client.post(f"/api/reports/{document_id}/decisions", json={"asks": [{**asks([item])["asks"][0], "reason": EVIL}]})
    house.desk.receive(EVIL, b"another report", "intake")
    for name in ("reports", f"reports/{document_id}/items", "map", "coverage", "log", "codebook"):
        read = client.get(f"/{name}.csv")
        rows = list(csv.DictReader(io.StringIO(read.text)))
        same = client.get(f"/{name}.json").json()
        assert rows and len(rows) == len(same) and [*rows[0]] == [*same[0]], name
        cells = [cell for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))], name
        assert read.headers["content-disposition"].startswith("attachment")


def test_the_codebook_is_found_by_words_and_numbers(house: House):
    client = house.visit("reader-1")
    every = client.get("/api/codebook").json()["labels"]
    assert len(every) == 120
    wanted = next(label for label in every if label["target"] == "activity:12")
    found = client.get("/api/codebook", params={"q": wanted["title"].upper()}).json()["labels"]
    assert found[0]["target"] == "activity:12"
    assert [label["target"] for label in client.get("/api/codebook?q=a12").json()["labels"]] == ["activity:12"]
    assert client.get("/api/codebook?q=trata&language=es").json()["labels"]
    assert client.get("/api/codebook?q=zzzz").json()["labels"] == []
    assert client.get("/api/codebook?language=xx").status_code == 422


# --- taking in


def test_a_report_comes_in_once(house: House):
    client = house.visit("officer-1")
    form = client.post("/api/reports", files={"file": ("a report.txt", b"The report.", "text/plain")})
    assert (form.status_code, form.json()["known"], form.json()["name"]) == (201, False, "a report.txt")
    again = client.post("/api/reports?name=other.txt", content=b"The report.")
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert len(client.get("/api/reports").json()["reports"]) == 1


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\evil\\a.pdf", "a.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("a\nb\x00c.txt", "a bc.txt"),
        ("..", "report"),
        ("", "report"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
    ],
)
def test_hostile_names_are_only_shown(house: House, tmp_path: Path, name: str, seen: str):
    answer = house.visit("officer-1").post("/api/reports", params={"name": name}, content=b"x" * 9 + name.encode())
    assert answer.json()["name"] == seen
    kept = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert kept == {"desk"}


def test_what_is_too_large_or_empty_is_refused(house: House):
    client = house.visit("officer-1")
    assert client.post("/api/reports?name=a", content=b"x" * 1_200_000).status_code == 413
    assert client.post("/api/reports?name=a", content=b"x" * 1_050_000).status_code == 413

    def drip() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    assert client.post("/api/reports?name=a", content=drip()).status_code == 413
    assert client.post("/api/reports", files={"file": ("a", b"x" * 1_050_000)}).status_code == 413
    assert client.post("/api/reports", data={"file": "no file"}, files={"other": ("a", b"x")}).status_code == 400
    assert client.post("/api/reports?name=a", content=b"").status_code == 400
    assert client.post("/api/undo", content=b" " * (JSON_BYTES + 1)).status_code == 413
    assert house.desk.reports() == []


def test_uploads_have_a_rate(house: House):
    client = house.visit("officer-1")
    codes = [client.post("/api/reports?name=a", content=b"%d" % n).status_code for n in range(70)]
    assert codes[0] == 201 and codes[-1] == 429
    assert house.visit("officer-2").post("/api/reports?name=a", content=b"mine").status_code == 201


@pytest.mark.parametrize(
    "name", ["x", "..%2f..", "..%2fdesk.sqlite", "A" * 64, "0" * 63, "0" * 65, "%2e%2e%2fdesk.sqlite"]
)
def test_no_path_reaches_the_disk(house: House, name: str):
    client = house.visit("adjudicator-1")
    for end in ("", "/original", "/pages/1.png", "/items.csv"):
        for start in ("/reports/", "/api/reports/"):
            assert client.get(f"{start}{name}{end}").status_code in (404, 405, 422), (start, end)


def test_pages_of_a_pdf_are_drawn(house: House):
    sample = next(Path(__file__).parent.parent.glob("corpus/samples/01*.pdf"))
    report = house.desk.receive("a.pdf", sample.read_bytes(), "intake")
    pictures = house.office.pictures
    sizes = pictures.sizes(report.document_id)
    assert len(sizes) == 6 and all(500 < width < 700 for width, _ in sizes)
    assert pictures.page(report.document_id, 1).startswith(b"\x89PNG")
    assert (house.desk.vault.folder / "cache/pages" / report.document_id / "1.png").is_file()


# --- the queue, and what people can mail


def test_pages_drawn_longest_ago_make_room(tmp_path: Path):
    for number in range(4):
        page = tmp_path / f"report-{number % 2}" / f"{number}.png"
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(b"x" * 100)
        os.utime(page, (number, number))
    clear_away(tmp_path, 400)
    assert len([*tmp_path.glob("*/*.png")]) == 4
    clear_away(tmp_path, 250)
    assert sorted(path.stem for path in tmp_path.glob("*/*.png")) == ["2", "3"]


def test_the_queue_is_across_reports_and_follows_decisions(house: House):
    ids = fill(house.desk, 2)
    client = house.visit("officer-1")
    first = client.get("/api/queue", params={"order": "uncertain"}).json()
    assert {item["document_id"] for item in first["items"]} == set(ids) and first["left"] >= len(first["items"])
    item = first["items"][0]
    place = f"/api/reports/{item['document_id']}/decisions"
    assert client.post(place, json=asks([item], "reject")).status_code == 200
    then = client.get("/api/queue", params={"order": "uncertain"}).json()
    assert item["item_id"] not in {other["item_id"] for other in then["items"]}
    client.post("/api/undo", json={})
    again = client.get("/api/queue", params={"order": "uncertain"}).json()["items"][0]
    assert (again["item_id"], again["version"], again["state"]) == (item["item_id"], 2, "suggested")
    assert client.get("/api/queue?order=nonsense").status_code == 422
    assert len(client.get("/queue.json?limit=3").json()) == 3


def test_the_worklist_mixes_items_and_passages_to_read_whole(house: House):
    ids = fill(house.desk, 2)
    client = house.visit("officer-1")
    ask = {"order": "worklist", "reading": 0.1, "document_id": ids[0], "limit": 1000}
    told = client.get("/api/queue", params=ask).json()
    wholes = [row for row in told["items"] if not row["item_id"]]
    contents = client.get(f"/api/reports/{ids[0]}").json()
    assert {row["document_id"] for row in told["items"]} == {ids[0]} and told["left"] == len(told["items"])
    assert {row["passage_id"] for row in wholes} == {row["passage_id"] for row in contents["passages"]}
    places = {row["passage_id"]: row for row in contents["passages"]}
    suggested = [item["passage_id"] for item in contents["items"]]
    for row in wholes:
        own = places[row["passage_id"]]
        assert row["quote"] == contents["text"][own["start"] : own["end"]]
        assert row["open"] == suggested.count(row["passage_id"])
        assert row["expected"] == round(0.01 * (len(PROGRAM.targets) - row["open"]), 3)  # as the made-up report has it
    sure = max(contents["items"], key=lambda item: item["probability"])
    assert (
        told["items"][0]["passage_id"] in suggested
        and client.get("/api/queue", params={**ask, "reading": 100}).json()["items"][0]["item_id"] == sure["item_id"]
    )  # where reading costs much, items come first

    own = [item for item in contents["items"] if item["passage_id"] == sure["passage_id"]]
    client.post(f"/api/reports/{ids[0]}/decisions", json=asks(own, "reject")).raise_for_status()
    now = client.get("/api/queue", params=ask).json()["items"]
    assert sure["passage_id"] not in {row["passage_id"] for row in now}  # all of it is decided: she read it
    assert "expected" in client.get("/queue.csv?order=worklist").text.splitlines()[0]
    assert client.get("/api/queue?order=worklist&reading=0").status_code == 422


def test_what_says_the_same_is_named(house: House):
    ids = fill(house.desk, 2)
    client = house.visit("reader-1")
    passages = client.get(f"/api/reports/{ids[0]}").json()["passages"]
    found = client.get(f"/api/reports/{ids[0]}/duplicates", params={"passage_id": passages[0]["passage_id"]})
    assert found.status_code == 200 and isinstance(found.json()["passages"], list)
    assert client.get(f"/api/reports/{ids[0]}/duplicates").status_code == 422


@pytest.mark.parametrize(("kind", "begin"), [("html", b"<!doctype html"), ("pdf", b"%PDF"), ("docx", b"PK")])
def test_covers_and_copies_are_kept_not_shown(filled: tuple[House, str], kind: str, begin: bytes):
    house, document_id = filled
    client = house.visit("reader-1")
    sent = client.get(f"/reports/{document_id}/cover.{kind}", params={"language": "es"})
    assert sent.status_code == 200, sent.text
    assert sent.content[:20].lower().startswith(begin.lower())
    assert sent.headers["content-disposition"].startswith("attachment")
    assert sent.headers["content-security-policy"].startswith("sandbox")
    copied = client.get(f"/reports/{document_id}/copy.{kind}")
    assert copied.status_code == (200 if kind == "html" else 422), copied.text
    if kind == "html":
        assert b"<script" not in copied.content


def test_a_copy_of_a_hostile_file_is_made_by_a_child(house: House):
    report = house.desk.receive("a.pdf", b"%PDF-1.7\n" + b"(" * 50_000, "intake")
    with pytest.raises(UnreadableDocument):
        house.office.copier.make("pdf", house.desk.file(report.document_id), Wanted(b"", "a.pdf", "text", []))
    assert not list((house.desk.vault.folder / ".tmp/jobs").iterdir())


def filled_sheet(data: bytes, actions: dict[str, str]) -> bytes:
    """A review sheet with decisions in it: item id to the word for the decision."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    place = [key for key, _ in COLUMNS].index("decision") + 1
    for row in sheet.iter_rows(min_row=2):
        if word := actions.get(str(row[0].value)):
            sheet.cell(row[0].row, place).value = word
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_sheet_goes_out_and_its_decisions_come_in(filled: tuple[House, str]):
    house, document_id = filled
    client, place = house.visit("officer-1"), f"/api/reports/{document_id}/sheet"
    out = client.get(f"/reports/{document_id}/sheet.xlsx")
    assert out.status_code == 200 and out.headers["content-disposition"].endswith("-review.xlsx")
    items = client.get(f"/api/reports/{document_id}").json()["items"]
    review = [item for item in items if item["lane"] == "review"][:4] + [i for i in items if i["lane"] != "review"][:4]
    data = filled_sheet(out.content, {item["item_id"]: say("confirm", "en") for item in review})
    assert client.post(place, files={"file": ("s.xlsx", b"no sheet")}).status_code == 422
    assert house.visit("reader-1").post(place, files={"file": ("s.xlsx", data)}).status_code == 403
    sent = client.post(place, files={"file": ("s.xlsx", data)})
    assert sent.status_code == 200 and sent.json()["asked"] == len(review), sent.text
    now = {i["item_id"]: i["state"] for i in client.get(f"/api/reports/{document_id}").json()["items"]}
    assert {now[item["item_id"]] for item in review} == {"confirmed"}
    stale = client.post(place, files={"file": ("s.xlsx", data)})
    assert stale.status_code == 409 and stale.json()["theirs"]
    assert len(house.desk.log(limit=1000)) == sent.json()["decided"]
