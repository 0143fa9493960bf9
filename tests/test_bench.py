"""The instruments work: a corpus by its seed, whole runs timed, damaged files, runs compared. No figure is a test."""

import json
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from nlp.bench.bare import Bare
from nlp.bench.batch import Task, arms_of, bench_batch
from nlp.bench.command import Arm, timed
from nlp.bench.figures import Line, Table
from nlp.bench.machine import Peak, gigaflops
from nlp.bench.parts import Part, Parts, documents_digest
from nlp.bench.plain import passages_of
from nlp.bench.precisions import bench_precisions
from nlp.bench.watch import bench_memory, bench_resume, bench_scaling, sparkline
from nlp.encode import embed
from nlp.errors import UsageError
from nlp.inputs import drawn
from nlp.pipeline import map_many
from nlp.records import STATUSES
from nlp.settings import Settings
from tests.batch.lengths import Lengths, fit
from tests.batch.source import compose
from tests.batch.writing import make, plan, tiny
from tests.fuzz.mutations import MUTATIONS, mutate
from tests.fuzz.running import Fuzz
from tests.fuzz.seeds import good_files
from tests.kills.outputs import differences, fingerprint, leftovers

DOCUMENTS = 10


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    """Ten tiny documents."""
    paths = [tmp_path / f"{number}.txt" for number in range(DOCUMENTS)]
    for number, path in enumerate(paths):
        path.write_bytes(tiny(number, 7))
    return paths


def test_a_plan_keeps_its_shares():
    items = plan(1000, 7)
    assert items == plan(1000, 7) != plan(1000, 8)
    suffixes = Counter(Path(item.file).suffix for item in items if not item.twin_of and not item.fault)
    assert suffixes[".pdf"] == pytest.approx(564, abs=50)
    assert suffixes[".docx"] == pytest.approx(188, abs=40)
    assert sum(item.twin_of is not None for item in items) == 50
    assert sum(item.fault is not None for item in items) == 10
    files = {item.file for item in items}
    assert len(files) == 1000 and {item.twin_of for item in items} - {None} <= files
    assert fit([item.pages for item in items if item.pages]).median == pytest.approx(5.6, rel=0.2)
    assert max(item.pages for item in items) > 60


def test_lengths_are_fitted_as_they_were_drawn():
    rng = random.Random(1)
    fitted = fit([Lengths(20, 0.8).draw(rng) for _ in range(5000)])
    assert fitted.median == pytest.approx(20, rel=0.05) and fitted.sigma == pytest.approx(0.8, rel=0.05)


def test_files_are_the_same_by_their_seed_and_read_as_planned(tmp_path: Path, tiny_settings: Settings):
    items = [item for item in plan(800, 3) if not item.twin_of and item.pages < 4]
    broken = {item.fault: item for item in items if item.fault}
    sound = {Path(item.file).suffix: item for item in items if not item.fault}
    chosen = [*broken.values(), *sound.values()]
    assert len(broken) >= 4 and len(sound) == 4
    paths = [tmp_path / f"{item.number}{Path(item.file).suffix}" for item in chosen]
    for item, path in zip(chosen, paths, strict=True):
        path.write_bytes(make(item, 3))
        assert path.read_bytes() == make(item, 3)
    for item, outcome in zip(chosen, map_many(paths, tiny_settings), strict=True):
        assert outcome.status in item.expected, (item, outcome.reason)


def test_few_passages_of_a_corpus_stand_twice():
    rng = random.Random(5)
    texts = [piece.text for _ in range(30) for piece in compose(20_000, rng).pieces]
    assert 0.75 < len(set(texts)) / len(texts) < 0.97


def test_runs_are_timed_and_kept_part_by_part(tiny_environment: Path, notes: list[Path], tmp_path: Path):
    said: list[str] = []
    arms = [Arm("hash", workers=1)]
    task = Task(notes, [], arms, 1, 8, 7, 0.1)
    first, again = _measured(task, tmp_path, said), _measured(task, tmp_path, said)
    assert [part.row.files for part in first.lines] == ["all", "again"] and len(first.peaks) == 2
    assert all(x.row.documents == DOCUMENTS and x.row.passages >= DOCUMENTS and x.row.seconds > 0 for x in first.lines)
    (bare,) = first.bare
    assert bare.row.passages == 8 and bare.row.gflops() is None and first.share(bare.row, "all") is not None
    assert [one.files for one in first.times(arms)] == ["again"]
    for parts in ("lines", "bare", "peaks"):
        assert [part.row for part in getattr(again, parts)] == [part.row for part in getattr(first, parts)]
        assert all(part.kept and part.taken.startswith("earlier") for part in getattr(again, parts))
    notes[0].write_bytes(tiny(99, 7))
    (tmp_path / "parts.jsonl").open("a").write('{"part": "torn')
    third = _measured(task, tmp_path, said)
    assert [part.kept for part in third.lines] == [False, False] and [part.kept for part in third.peaks] == [True, True]
    assert all(part.kept for part in _measured(task, tmp_path, said).lines), "a torn line hides none after it"


def _measured(task: Task, folder: Path, said: list[str]) -> Table:
    return bench_batch(task, folder, Parts(folder, said.append))


def test_a_part_that_fails_does_not_lose_the_others(tiny_environment: Path, notes: list[Path], tmp_path: Path):
    said: list[str] = []
    parts = Parts(tmp_path, said.append)
    assert (
        parts.take("gone", lambda: {"files": documents_digest([tmp_path / "none"])}, Peak, lambda: Peak(1, 1, 1))
        is None
    )
    part = parts.take("peak", dict, Peak, lambda: Peak(1, 2.0, 3.0))
    assert part and part.row.bf16 == 3.0 and "FileNotFoundError" in parts.failed["gone"] and "gone: failed" in said[0]
    kept = Parts(tmp_path, said.append).take("peak", dict, Peak, lambda: Peak(1, 9.0, 9.0))
    assert kept and kept.row == part.row and kept.at == part.at


def test_the_peer_is_compared_by_seconds_and_by_rate():
    lines = [Line("plain script", "sample", 2, None, None, 40.0, 0.0), Line("e5", "sample", 2, 10, 100, 10.0, 0.0),
             Line("e5", "all", 20, 90, 1200, 80.0, 0.0), Line("e5", "again", 20, 90, 1200, 2.0, 0.0)]  # fmt: skip
    table = Table([Part(line, "", False) for line in lines], [], [Part(Peak(2, 100.0, 50.0), "", False)] * 2)
    times = {(one.files, one.by): one.times for one in table.times([Arm("e5"), Arm("use")])}
    assert times == {
        ("again", "seconds"): 40.0,
        ("sample", "seconds, same files"): 4.0,
        ("all", "pages a second"): 4.5,  # 90 pages in 80 s beside 10 in 40
        ("all", "passages a second"): 6.0,
    }
    bare = Bare("e5", 50, 20.0, 0.0, 2.0)
    assert table.share(bare, "all") == 0.75 and table.share(bare, "sample") == 0.5
    assert table.of_peak(bare.gflops(), None) == 0.4 and table.of_peak(bare.gflops(15.0), "bf16") == 0.6


@pytest.mark.slow
def test_scaling_times_the_same_work(tiny_environment: Path, notes: list[Path], tmp_path: Path):
    one, two = bench_scaling(notes, Arm("hash"), [1, 2], tmp_path / "out", rounds=2)
    assert (one.workers, two.workers) == (1, 2) and one.ratio == one.mapping_ratio == 1.0
    assert all(0 < scale.mapping < scale.seconds and scale.documents == DOCUMENTS for scale in (one, two))
    assert two.spread[0] <= two.mapping_ratio <= two.spread[1]
    first, *others = [fingerprint(folder) for folder in sorted((tmp_path / "out").glob("round-*/workers-*"))]
    assert len(others) == 3 and not any(list(differences(first, other)) for other in others)


@pytest.mark.slow
def test_a_watched_process_gets_all_it_is_given_however_late_it_reads():
    late = "import sys, time; time.sleep(0.3); print(len(sys.stdin.buffer.read()), file=sys.stderr)"
    took, said = timed([sys.executable, "-c", late], bytes(300_000), every=0.05, stop_after=20)
    assert (took.code, said.strip()) == (0, "300000") and took.curve


def test_memory_and_resumption_are_measured(tiny_environment: Path, notes: list[Path], tmp_path: Path):
    (memory,) = bench_memory("ten", notes, Arm("hash"), [], tmp_path / "out", tmp_path / "curves")
    assert memory.all_peak >= memory.peak > 10 and memory.line
    rows = (tmp_path / "curves" / "ten-hash.csv").read_text("utf-8").splitlines()
    assert len(rows) == len(memory.curve) + 1
    resumed = bench_resume(notes[:3], Arm("hash"), tmp_path / "resume", 0.5)
    assert resumed.documents == 3 and resumed.ratio > 0


def test_a_sparkline_keeps_its_peaks():
    assert sparkline([0, 5, 10]) == " ▄█"
    assert len(sparkline([1.0] * 1000)) <= 60 and "█" in sparkline([*[1.0] * 500, 9.0, *[1.0] * 500])
    assert sparkline([]) == ""


def test_arms_and_draws():
    assert [arm.name for arm in arms_of(["use"], 2)] == ["use"]
    assert arms_of(["e5"], 2)[0].options() == ["--encoder", "e5", "--precision", "fp32", "--workers", "2"]
    assert [arm.name for arm in arms_of(["e5:fp32"], 2)] == ["e5 fp32"]
    with pytest.raises(UsageError, match="precision"):
        arms_of(["use:bf16"], 0)
    with pytest.raises(UsageError, match="no such encoder"):
        arms_of(["nonsense"], 0)
    paths = [Path(str(number)) for number in range(50)]
    five = drawn(paths, sample=5, seed=7)
    assert five == drawn(paths, sample=5, seed=7) != drawn(paths, sample=5, seed=8)
    assert drawn(paths, sample=99, seed=7) == paths
    assert gigaflops(["any"], "use") is None


def test_the_plain_script_reads_paragraphs():
    samples = Path(__file__).resolve().parent.parent / "corpus" / "samples"
    for name in ("01-cim", "02-compilation", "03-summit", "04-ngo"):
        (path,) = samples.glob(f"{name}*")
        passages = passages_of(path)
        assert 20 < len(passages) < 400 and max(map(len, passages)) < 5000, name


@pytest.mark.parametrize("kind", ["pdf", "docx", "html"])
def test_damage_is_the_same_by_its_seed(kind: str):
    good, other = good_files(kind)[:2]
    seen = set()
    for number in range(60):
        names, data = mutate(kind, good.data, other.data, random.Random(number))
        assert data and (names, data) == mutate(kind, good.data, other.data, random.Random(number))
        seen.update(names.split("+"))
    assert seen == {name.split()[0] for name in MUTATIONS[kind]}


def test_damaged_files_end_in_listed_statuses(tmp_path: Path, tiny_settings: Settings):
    fuzz = Fuzz(tmp_path, ["docx", "html", "rtf", "text"], 11)
    for _ in fuzz.run(tiny_settings, 120.0, 12):
        pass
    assert fuzz.tally.cases == 12 and not fuzz.tally.unlisted
    assert {status for counts in fuzz.tally.statuses.values() for status in counts} <= set(STATUSES)
    assert not [*(tmp_path / "cases").iterdir()]


def test_two_runs_are_compared_without_their_seconds(tmp_path: Path):
    for name, seconds in (("first", 1.0), ("second", 2.0)):
        out = tmp_path / name
        (out / "text").mkdir(parents=True)
        (out / "ledger.jsonl").write_text(json.dumps({"input": "a", "seconds": seconds}) + "\n", "utf-8")
        (out / "run.json").write_text(json.dumps({"seconds": {"total": seconds}, "counts": 1}), "utf-8")
        (out / "evmap.sqlite").write_bytes(name.encode())
        (out / "text" / "a.txt").write_text("a", "utf-8")
    first, second = (fingerprint(tmp_path / name) for name in ("first", "second"))
    assert list(first) == ["ledger.jsonl", "run.json", "text/a.txt"] and not list(differences(first, second))
    (tmp_path / "second" / "text" / "a.txt").write_text("b", "utf-8")
    (tmp_path / "second" / "text" / ".b.txt.draft").write_text("b", "utf-8")
    found = fingerprint(tmp_path / "second")
    assert list(differences(first, found)) == ["too many: text/.b.txt.draft", "differs: text/a.txt"]
    assert list(leftovers(tmp_path / "second", tmp_path / "first" / "none")) == ["left: text/.b.txt.draft"]


def test_precisions_are_of_encoders_that_have_several(annotations: Path, tiny_settings: Settings):
    with pytest.raises(UsageError, match="one precision only"):
        list(bench_precisions([annotations], None, tiny_settings))


@pytest.mark.slow
@pytest.mark.skipif(len(embed.gainful("e5")) < 2, reason="this CPU has no precision that is a gain")
def test_fewer_bits_hardly_change_the_answers(annotations: Path, tmp_path: Path):
    few = Path(shutil.copytree(annotations, tmp_path / "few"))
    passages = [json.loads(line) for line in (few / "passages.jsonl").read_text("utf-8").splitlines()][:60]
    kept = {row["passage_id"] for row in passages}
    labels = [json.loads(line) for line in (few / "labels.jsonl").read_text("utf-8").splitlines()]
    for name, rows in (("passages", passages), ("labels", [row for row in labels if row["passage_id"] in kept])):
        (few / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    first, *others = bench_precisions([few], None, Settings.load(encoder="e5"))
    assert (first.precision, first.moved, first.apart) == ("fp32", 0.0, 0.0) and first.least > 0.99999
    assert {row.precision for row in others} == set(embed.gainful("e5")[1:]) and first.links > 0
    assert all(row.least > 0.99 and row.apart < 0.03 and row.moved < 150 for row in others)
