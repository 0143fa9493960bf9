"""Children take one thread each, and the caller's own settings stay."""

import multiprocessing
import os

import pytest

from nlp.readers.spawning import THREADS, spawning


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
