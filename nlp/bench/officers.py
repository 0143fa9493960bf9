"""Officers at one desk at once: is anything lost, is every collision told, how long does an answer take?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import IO

from nlp.bench.hands import Hands, HttpHands, LibraryHands, Unanswered
from nlp.bench.made import KEY, made_report
from nlp.errors import Conflict, UsageError
from nlp.review.checking import check_desk
from nlp.review.desk import Desk
from nlp.review.records import Ask, Item, Reader

HOT, CROWDED = 2, 40  # reports that half of all decisions crowd on, and how many of their items
LOOK_AFTER = 12  # decisions on what was seen, then a new look: meanwhile it grows stale
ACTIONS = ("confirm", "confirm", "confirm", "reject", "unsure", "postpone", "correct", "reopen", "undo")
LARGE = 2_500  # passages of a report of 200 pages


@dataclass(frozen=True, slots=True)
class Latency:
    """How long something took, in milliseconds: count, median, 99th percentile, longest."""

    what: str
    count: int
    p50: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of officers at one desk.

    Attributes:
        accepted, conflicts, refused: answers; refused by a rule. unanswered: the server was gone.
        strange: answers that were none of these.
        answered, logged: rows of the log that officers were told of, and that are there; missing: told, not there.
        untold: there, but not told: what was committed when its officer was killed. seconds: wall clock.
        breaks: promises of `evmap desk check` that are broken. latencies: of each kind of call.
    """

    officers: int
    killed: int
    accepted: int
    conflicts: int
    refused: int
    unanswered: int
    strange: int
    answered: int
    logged: int
    missing: int
    untold: int
    seconds: float
    breaks: int
    latencies: tuple[Latency, ...]


def prepare(folder: Path, store: str, reports: int, passages: int) -> None:
    """Put made-up reports on a desk, the first of them of 200 pages."""
    with Desk.open(folder, store) as desk:
        for number in range(reports):
            data, finished = made_report(number, LARGE if number == 0 else passages, desk.program)
            report = desk.receive(f"report-{number}.txt", data, "bench")
            desk.mapped(report.document_id, finished, KEY)


def bench_officers(
    folder: Path, store: str, officers: int, decisions: int, kill: int = 0, url: str = "", tokens: Sequence[str] = ()
) -> Outcome:
    """Let officers decide at once, each in a process of her own, until so many decisions were accepted.

    Args:
        folder, store: a desk that `prepare` made. kill: officers that are killed (SIGKILL) half-way.
        url, tokens: of a server, one token an officer; "" works by the library.
    """
    before, clock = _logged(folder, store), time.monotonic()
    share = decisions // officers
    paths = [folder / f"officer-{number}.answers" for number in range(officers)]
    running = []
    for number, path in enumerate(paths):
        told = {"folder": str(folder), "store": store, "number": number, "wanted": share, "out": str(path), "url": url}
        told["token"] = tokens[number] if url else ""
        command = [sys.executable, "-c", "import sys; from nlp.bench.officers import work; work(sys.argv[1])"]
        running.append(subprocess.Popen([*command, json.dumps(told)]))
    if kill:
        _kill_half_way(running[:kill], paths[:kill], share // 2)
    for process in running:
        process.wait()
    seconds = time.monotonic() - clock
    rows = [row for path in paths for row in _answers(path)]
    return _judged(folder, store, officers, kill, rows, before, seconds)


def work(told: str) -> None:
    """Be an officer: decide until enough was accepted, and write each answer down at once (the child's task)."""
    given = json.loads(told)
    draw, name = random.Random(given["number"]), f"officer-{given['number']}"  # noqa: S311
    store = given["store"]
    hands: Hands = (
        HttpHands(given["url"], given["token"]) if given["url"] else LibraryHands(Path(given["folder"]), store, name)
    )
    with Path(given["out"]).open("w", encoding="utf-8") as out:
        _work(hands, draw, given["wanted"], out)


def _work(hands: Hands, draw: random.Random, wanted: int, out: IO[str]) -> None:
    ids = hands.reports()
    accepted = 0
    while accepted < wanted:
        hot = draw.random() < 0.5
        document_id = ids[draw.randrange(HOT if hot else len(ids))]
        clock = time.perf_counter()
        try:
            items = list(hands.look(document_id))[: CROWDED if hot else None]
        except Unanswered:
            continue
        if document_id == ids[0]:
            _tell(out, "look", [], clock)
        for _ in range(LOOK_AFTER):
            if not items or accepted >= wanted:
                break
            clock = time.perf_counter()
            kind, numbers = _try(hands, draw, document_id, items)
            accepted += kind == "accepted"
            _tell(out, kind, numbers, clock)


def _tell(out: IO[str], kind: str, numbers: list[int], clock: float) -> None:
    out.write(json.dumps([kind, numbers, round(1000 * (time.perf_counter() - clock), 3)]) + "\n")
    out.flush()


def _try(hands: Hands, draw: random.Random, document_id: str, items: list[Item]) -> tuple[str, list[int]]:
    action, item = draw.choice(ACTIONS), items.pop(draw.randrange(len(items)))
    try:
        if action == "undo":
            return "accepted", hands.undo()
        more = {"start": item.start + 1} if action == "correct" and item.end - item.start > 9 else {}
        ask = Ask(item.item_id, action, item.version, reason="as the page says", **more)  # type: ignore[arg-type]
        return "accepted", hands.decide(document_id, [ask])
    except Conflict as error:
        told = error.theirs is not None
        return ("conflict" if told else "strange"), []
    except UsageError:
        return "refused", []
    except Unanswered:
        return "unanswered", []


def bench_contents(folder: Path, store: str, times: int = 40) -> list[Latency]:
    """Time opening the report of 200 pages: the first time in a process, and again."""
    with Desk.open(folder, store) as desk:
        found = max(desk.reports(), key=lambda report: report.bytes)
        cold: list[float] = []
        warm: list[float] = []
        for _ in range(times):
            desk.sheets.forget(found.document_id)
            for times_ in (cold, warm):
                clock = time.perf_counter()
                desk.contents(found.document_id, Reader("bench"))
                times_.append(1000 * (time.perf_counter() - clock))
    return [latency("first opening of 200 pages", cold), latency("opening them again", warm)]


def latency(what: str, milliseconds: Sequence[float]) -> Latency:
    """Sum up how long something took."""
    if len(milliseconds) < 2:
        return Latency(what, len(milliseconds), *([round(sum(milliseconds), 2)] * 3))
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Latency(what, len(milliseconds), round(cuts[49], 2), round(cuts[98], 2), round(max(milliseconds), 2))


def _kill_half_way(running: Sequence[subprocess.Popen[bytes]], paths: Sequence[Path], answers: int) -> None:
    left = dict(zip(paths, running, strict=True))
    while left:
        for path in list(left):
            if left[path].poll() is not None or len(_answers(path)) >= answers:
                left.pop(path).kill()
        time.sleep(0.02)


def _answers(path: Path) -> list[tuple[str, list[int], float]]:
    """What an officer wrote down; a line that was not finished was not answered to anybody."""
    text = path.read_text("utf-8") if path.is_file() else ""
    return [tuple(json.loads(line)) for line in text.split("\n")[:-1]]


def _logged(folder: Path, store: str) -> set[int]:
    with Desk.look(folder, store) as desk:
        return {one.decision_id for one in desk.log(limit=10**7)}


def _judged(
    folder: Path, store: str, officers: int, killed: int, rows: Sequence[tuple[str, list[int], float]],
    before: set[int], seconds: float,
) -> Outcome:  # fmt: skip
    logged = _logged(folder, store) - before
    answered = [number for _, numbers, _ in rows for number in numbers]
    with Desk.look(folder, store) as desk:
        breaks = sum(map(len, check_desk(desk).values()))
    kinds = [kind for kind, _, _ in rows]
    taken = {kind: [took for own, _, took in rows if own == kind] for kind in ("accepted", "conflict", "look")}
    return Outcome(
        officers, killed, kinds.count("accepted"), kinds.count("conflict"), kinds.count("refused"),
        kinds.count("unanswered"), kinds.count("strange"), len(answered), len(logged),
        len(set(answered) - logged) + len(answered) - len(set(answered)), len(logged - set(answered)),
        round(seconds, 1), breaks,
        (latency("a decision", taken["accepted"]), latency("a conflict", taken["conflict"]),
         latency("200 pages, among the others", taken["look"])),
    )  # fmt: skip
