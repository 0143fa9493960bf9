"""The engine of a cluster: whatever is lost of it, the outputs are those of one machine."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opened import write_reports

from nlp.contract import digest_of
from nlp.engines import Workshop, open_engine
from nlp.engines.ray import prepare
from nlp.errors import MissingExtra, RunStopped, StoreError, UsageError
from nlp.inputs import find_inputs
from nlp.run import Order, run
from nlp.settings import Settings
from nlp.store.rows import Finished, LinkRow, PassageRow

MISSING = "needs the extra: pip install 'evmap[ray]'"
prepare(Settings())  # processes of these clusters know one another by a token; nothing is written into a home
ray = pytest.importorskip("ray", reason=MISSING)
pytest.importorskip("pyarrow", reason=MISSING)

from nlp.engines.ray import engine as engines_ray  # noqa: E402
from nlp.engines.ray.cluster import sizes  # noqa: E402
from nlp.engines.shards import Shards  # noqa: E402

FILES = 20
KEY = "ab" * 32


@pytest.fixture(scope="module")
def paths(annotated_texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Small reports, two of them the same, one that cannot be read."""
    return find_inputs([str(write_reports(tmp_path_factory.mktemp("reports"), annotated_texts, FILES))])


@pytest.fixture(scope="module")
def undisturbed(paths: list[Path], tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one machine makes of them."""
    out = tmp_path_factory.mktemp("undisturbed")
    run(paths, out, Order(tiny_settings, workers=1))
    return out


# --- shards: no cluster


def finished(number: int, status: str = "ok") -> Finished:
    random.seed(number)
    name = f"{random.getrandbits(256):064x}"
    return Finished(
        number, f"{number}.txt", status, None, name, 0.5, 1.5, False, f'{{"n": {number}}}', "Text.\n" * 9,
        (PassageRow(f"p{number}", '{"a": 1}'),), (LinkRow(f"l{number}", "1.1", "suggested", 0.1 + 0.2, '{"b": 2}'),),
    )  # fmt: skip


def kept(place: str, key: str = KEY, anew: bool = False, notices: list[str] | None = None) -> Shards:
    return Shards(place, key, anew, (notices if notices is not None else []).append)


@pytest.mark.parametrize("place", ["", "memory://evmap"])
def test_a_shard_gives_back_what_it_was_given(place: str, tmp_path: Path):
    place = place or str(tmp_path / "shards")
    documents = [finished(number) for number in range(40)]
    shards = kept(place)
    for document in [*documents, finished(40, "timeout"), replace(finished(41), known=True)]:
        shards.add(document)
    assert shards.take(documents[0].document_id or "") is None
    shards.flush()
    again = kept(place)
    assert len(again) == 40
    for document in documents:
        assert again.take(document.document_id or "") == replace(document, position=0, input="")
    assert len(kept(place, "cd" * 32)) == 0, "another key's"
    assert len(kept(place, anew=True)) == 0


def test_what_is_torn_or_of_another_run_is_set_aside(tmp_path: Path):
    shards = kept(str(tmp_path))
    for number in range(60):
        shards.add(finished(number))
    shards.flush()
    folder = tmp_path / KEY[:16]
    files = sorted(folder.iterdir())
    cut, flipped = files[0], files[1]
    cut.write_bytes(cut.read_bytes()[:-30])
    lost = [n for n in range(60) if (finished(n).document_id or "")[0] in (cut.name[0], flipped.name[0])]
    other = kept(str(tmp_path), "cd" * 32)
    other.add(finished(99))
    other.flush()
    (foreign,) = (tmp_path / ("cd" * 8)).iterdir()
    foreign.rename(folder / foreign.name.replace("-", "-x"))
    (folder / "0-half.parquet.draft").write_bytes(b"PAR1")
    data = bytearray(flipped.read_bytes())
    data[120] ^= 1
    flipped.write_bytes(data)
    notices: list[str] = []
    again = kept(str(tmp_path), notices=notices)
    found = [number for number in range(60) if again.take(finished(number).document_id or "")]
    assert found == [number for number in range(60) if number not in lost]
    assert len(list(folder.glob("*.torn"))) == len(notices) == 3
    assert sum("another run" in notice for notice in notices) == 1


def test_a_place_that_cannot_be_used(tmp_path: Path):
    with pytest.raises(UsageError, match="no-such-thing"):
        kept("no-such-thing://bucket/x")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="EVMAP_RAY_SHARDS"):
        kept(str(tmp_path / "file"))


# --- sizes


@pytest.mark.parametrize("cpus", [0, 0.5, 1, 2, 3, 4, 7, 16, 1000])
def test_the_pools_leave_room_for_one_another(cpus: float):
    fit = sizes(cpus, 10_000, 10_000)
    encoders, readers = fit.encoders * fit.encoder_cpus, fit.readers * fit.reader_cpus
    assert fit.encoders >= 1 <= fit.readers
    if cpus >= 1:
        assert encoders + readers <= cpus
        assert encoders <= cpus - fit.reader_cpus
        assert readers <= cpus - fit.encoder_cpus
    assert sizes(cpus, 1, 1).encoders == sizes(cpus, 1, 1).readers == 1


def test_without_ray(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(engines_ray, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"evmap\[ray\]"):
        open_engine("ray", Workshop(Settings(), 1, tmp_path, tmp_path))


# --- on clusters

slow = pytest.mark.slow


@slow
def test_one_machine_gives_the_same_and_does_nothing_twice(
    paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path
):
    before = signal.getsignal(signal.SIGTERM)
    settings = replace(tiny_settings, ray_shards=str(tmp_path / "shards"))
    heard: list[Finished] = []
    out, again, third = tmp_path / "out", tmp_path / "again", tmp_path / "third"
    with pytest.raises(RunStopped):
        run(paths, out, Order(settings, "ray", 1), heard.append, stopped=lambda: len(heard) >= FILES // 2)
    assert FILES // 2 <= len(heard) < FILES
    assert not ray.is_initialized() and signal.getsignal(signal.SIGTERM) is before
    kept_ids = {path.name[0] for path in (tmp_path / "shards").glob("*/*.parquet")}
    assert kept_ids
    rest: list[Finished] = []
    run(paths, out, Order(settings, "ray", 1), rest.append)
    assert digest_of(out) == digest_of(undisturbed)
    assert sorted(found.position for found in rest) == list(range(FILES))
    run(paths, again, Order(settings, "ray", 1))  # its store is empty: all comes from the shards
    assert digest_of(again) == digest_of(undisturbed)
    assert not (again / "cache").exists(), "no process mapped"
    next((tmp_path / "shards").glob("*/*.parquet")).write_bytes(b"PAR1 torn")
    notices: list[str] = []
    run(paths, third, Order(settings, "ray", 1), notice=notices.append)
    assert digest_of(third) == digest_of(undisturbed)
    assert sum("set aside" in notice for notice in notices) == 1


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    made = Cluster()
    yield made
    ray.shutdown()
    made.shutdown()


NODE = {"include_dashboard": False, "object_store_memory": 100_000_000}


@slow
def test_a_cluster_of_one_cpu_does_not_hang(
    cluster: Any, paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path
):
    cluster.add_node(num_cpus=1, **NODE)
    settings = replace(tiny_settings, ray_address=cluster.address, ray_readers=4)
    run(paths, tmp_path, Order(settings, "ray", 4))
    assert digest_of(tmp_path) == digest_of(undisturbed)


@slow
def test_a_machine_that_is_lost_changes_nothing(
    cluster: Any, paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path
):
    cluster.add_node(num_cpus=2, **NODE)
    second = cluster.add_node(num_cpus=2, **NODE)
    cluster.wait_for_nodes()
    heard: list[Finished] = []

    def lose(found: Finished) -> None:
        heard.append(found)
        if len(heard) == 3:
            cluster.remove_node(second, allow_graceful=False)

    settings = replace(tiny_settings, ray_address=cluster.address)
    run(paths, tmp_path, Order(settings, "ray", 2), lose)
    assert len(heard) == FILES
    assert digest_of(tmp_path) == digest_of(undisturbed)


@slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_killed_actors_are_replaced(paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path):
    killed: list[int] = []

    def kill_one(_: Finished) -> None:
        pids = [pid for pid in processes() if pid not in killed]
        if pids and len(killed) < 3:
            killed.append(pids[len(killed) % len(pids)])
            with suppress(ProcessLookupError):
                os.kill(killed[-1], signal.SIGKILL)

    run(paths, tmp_path, Order(tiny_settings, "ray", 2), kill_one)
    assert killed
    assert digest_of(tmp_path) == digest_of(undisturbed)


def processes() -> list[int]:
    """Actors of this machine's cluster: they are children of a child of this process."""
    found = []
    for path in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (path / "cmdline").read_bytes()
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            grand = int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1])
            if grand == os.getpid() and words.startswith((b"ray::Reader", b"ray::Encoder")):
                found.append(int(path.name))
    return sorted(found)


@slow
def test_what_is_always_late_is_given_up(
    paths: list[Path], tiny_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engines_ray, "LOOK", 0.0)
    monkeypatch.setattr(engines_ray, "MAP_SECONDS", 0.0)
    monkeypatch.setattr(engines_ray, "PASSAGE_SECONDS", 0.0)
    heard: list[Finished] = []
    run(paths[:1], tmp_path, Order(tiny_settings, "ray", 1), heard.append)
    assert [found.status for found in heard] == ["crashed"]
    assert "lost 4 times (it was late)" in (heard[0].reason or "")


@slow
def test_no_cluster_there(paths: list[Path], tiny_settings: Settings, tmp_path: Path):
    with pytest.raises(UsageError, match="EVMAP_RAY_ADDRESS"):
        run(paths[:1], tmp_path, Order(replace(tiny_settings, ray_address="127.0.0.1:1"), "ray", 1))
