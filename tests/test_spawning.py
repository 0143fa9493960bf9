"""Children take one thread each, and the caller's own settings stay; work beside a block ends with it."""

import multiprocessing
import os
import sys
import time
from pathlib import Path

import pytest

from nlp.readers.spawning import THREADS, beside, spawning


def tell(pipe) -> None:
    import numpy as np
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    pipe.send([pool["num_threads"] for pool in threadpool_info()])


def test_a_child_computes_in_one_thread_and_the_parent_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = {name: os.environ.get(name) for name in THREADS}
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    child = context.Process(target=tell, args=(far,))
    with spawning():
        child.start()
    told = near.recv()
    child.join()
    assert told and set(told) == {1}
    assert {name: os.environ.get(name) for name in THREADS} == before


TWO = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="no second process is started here"
)


def leave(folder: Path, name: str) -> int:
    """Leave a file that says which process was here."""
    (folder / str(os.getpid())).touch()
    if name == "refuse":
        raise ValueError(name)
    while name == "wait":
        time.sleep(0.05)
    return os.getpid()


def visitors(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


@TWO
def test_work_beside_a_block_is_done_by_another_process(tmp_path: Path):
    with beside(True, leave, tmp_path, "") as made:
        assert made() != os.getpid()
    assert os.getpid() not in visitors(tmp_path)


def test_work_that_is_not_worth_a_process_is_done_when_it_is_asked_for(tmp_path: Path):
    with beside(False, leave, tmp_path, "") as made:
        assert not visitors(tmp_path)
        assert made() == os.getpid()


@TWO
def test_what_goes_wrong_beside_a_block_goes_wrong_in_it(tmp_path: Path):
    with beside(True, leave, tmp_path, "refuse") as made, pytest.raises(ValueError, match="refuse"):
        made()
    assert len(visitors(tmp_path)) == 2, "both tried"


@TWO
def test_a_block_that_ends_early_does_not_wait(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), beside(True, leave, tmp_path, "wait"):
        until = time.monotonic() + 30
        while not visitors(tmp_path) and time.monotonic() < until:
            time.sleep(0.02)
        raise KeyboardInterrupt
    (process,) = visitors(tmp_path)
    assert not Path("/proc", str(process)).exists()
