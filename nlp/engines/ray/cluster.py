"""The cluster to work on: one that is there, or one of this machine alone that lives as long as the run."""

from __future__ import annotations

import logging
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import ray

from nlp.engines.ray import address_of
from nlp.errors import UsageError
from nlp.settings import Settings

HOME = "127.0.0.1"
KNOCK_SECONDS = 10.0
STORE_BYTES = 512_000_000  # of memory for what was read and waits, where we start the cluster; more goes to disk
_QUIET: dict[str, Any] = {
    "include_dashboard": False, "log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many processors of each kind a cluster is given, and the share of CPUs that each asks for."""

    encoders: int
    readers: int
    encoder_cpus: float
    reader_cpus: float


def sizes(cpus: float, encoders: int, readers: int) -> Sizes:
    """Return pools that fit into so many CPUs together, at least one of each; no pool can take what the other needs.

    Those that map get two thirds at most, those that read the rest. Below two CPUs all ask for less than one.
    """
    unit = min(1.0, max(cpus, 1.0) / 2)
    small = unit / 2
    encoders = max(1, min(encoders, int(cpus * 2 / 3 / unit)))
    return Sizes(encoders, max(1, min(readers, int((cpus - encoders * unit) / small))), unit, small)


def cpus() -> float:
    """Return how many CPUs the cluster has now, whoever uses them."""
    untyped: Any = ray
    return float(untyped.cluster_resources().get("CPU", 0.0))


@contextmanager
def joined(settings: Settings, workers: int) -> Iterator[bool]:
    """Be part of a cluster meanwhile; gives whether it was started here.

    One that this process is part of already is used, and left as it is. One that is started here has no
    dashboard, and obeys only those who know its token; see `engines.ray.prepare`.

    Raises:
        UsageError: if there is none at the address.
    """
    if ray.is_initialized():
        yield False
        return
    address = address_of(settings)
    folder = None if address else tempfile.mkdtemp(prefix="evmap-")  # short: sockets lie in it
    try:
        with _signals_kept():
            _join(address) if address else _start(folder, 2 * workers)
        yield folder is not None
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _join(address: str) -> None:
    try:
        _knock(address)  # Ray itself tries for minutes
        ray.init(address=address, **_QUIET)
    except (ConnectionError, ImportError, OSError, RuntimeError, ValueError) as error:
        reason = f"no Ray cluster that can be joined: {str(error).partition(chr(10))[0]}"
        hint = "Run on a machine of the cluster, or unset EVMAP_RAY_ADDRESS and RAY_ADDRESS to start one here"
        raise UsageError(address, reason, hint) from None


def _knock(address: str) -> None:
    """Raise OSError or ValueError if nobody listens at host:port; words such as auto are Ray's to understand."""
    host, _, port = address.rpartition(":")
    if host and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), KNOCK_SECONDS).close()


def _start(folder: str | None, count: int) -> None:
    try:
        ray.init(
            address="local", num_cpus=count, object_store_memory=STORE_BYTES, _temp_dir=folder, _node_ip_address=HOME,
            **_QUIET,
        )  # fmt: skip
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        reason = f"no cluster can be started here: {str(error).partition(chr(10))[0]}"
        raise UsageError("ray", reason, "Use --engine local, which does as much on one machine") from None


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Joining a cluster takes SIGTERM away from the run, which has to hear it: give it back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
