"""The instruments work: a corpus by its seed, whole runs timed, damaged files, runs compared. No figure is a test."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from nlp.bench.batch import arms_of, bench_bare, bench_batch, texts_of
from nlp.bench.command import Arm
from nlp.bench.machine import Peak, gigaflops
from nlp.bench.plain import passages_of
from nlp.bench.watch import bench_memory, bench_resume, sparkline
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


def test_runs_are_timed_anew_and_from_the_store(tiny_environment: Path, notes: list[Path], tmp_path: Path):
    arms = [Arm("hash", workers=1)]
    lines = bench_batch(notes, arms, [], tmp_path / "out", lambda _: None)
    assert [line.files for line in lines] == ["all", "again"]
    assert all(line.documents == DOCUMENTS and line.passages >= DOCUMENTS and line.seconds > 0 for line in lines)
    texts = texts_of(notes, 20, 7)
    (bare,) = bench_bare(texts, arms, lines, Peak(1, 100.0, 200.0))
    assert bare.passages == len(texts) and bare.rate > 0 and bare.gflops is None


@pytest.mark.slow
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
