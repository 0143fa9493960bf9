"""Actors of one kind: begun one after another as the cluster has room, watched, ended when they are late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError

from nlp.errors import EvmapError, UsageError

LOAD_SECONDS = 600.0  # for an actor that has its place, to load what it needs
CLOSE_SECONDS = 5.0
FETCH_SECONDS = 60.0  # for an answer that is there, to come over
MOST_FAILURES = 5  # of actors one after another, where none is up
JobT = TypeVar("JobT")


@dataclass(slots=True)
class Slot(Generic[JobT]):
    """An actor.

    Attributes:
        stage: what it does: "placed" (it waits for room), "loaded", "idle" or "busy". waits: for what.
        deadline: when it is late. job: what it works at. since: when its stage began.
    """

    actor: Any
    stage: str
    waits: Any
    deadline: float
    since: float
    job: JobT | None = None


@dataclass(frozen=True, slots=True)
class Heard(Generic[JobT]):
    """What came of a job: a value, or the reason why the actor has none. lost: the actor is gone."""

    job: JobT
    value: Any = None
    reason: str = ""
    lost: bool = False


class Pool(Generic[JobT]):
    """Actors of one kind.

    Args:
        name: what they do, for people. make: starts one; it has the methods `up` and `load`.

    Attributes:
        size: how many there shall be; what is idle beyond goes.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self._name, self._make = name, make
        self._slots: list[Slot[JobT]] = []
        self._failures = 0
        self.size = 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def jobs(self) -> list[JobT]:
        """What is being worked at."""
        return [slot.job for slot in self._slots if slot.job is not None]

    @property
    def waits(self) -> list[Any]:
        """What to wait for."""
        return [slot.waits for slot in self._slots if slot.waits is not None]

    @property
    def lacks(self) -> float:
        """Seconds for which the first of the pool has waited for room; 0 when any is up."""
        if not self._slots or any(slot.stage != "placed" for slot in self._slots):
            return 0.0
        return time.monotonic() - min(slot.since for slot in self._slots)

    def tend(self) -> None:
        """Begin actors that lack, no more at once than there are; let those go that are too many."""
        for slot in [slot for slot in self._slots if slot.stage in ("idle", "placed")]:
            if len(self._slots) > self.size:
                self._drop(slot)
        up = sum(slot.stage in ("idle", "busy") for slot in self._slots)
        coming = len(self._slots) - up
        for _ in range(min(self.size - len(self._slots), max(1, up) - coming)):
            actor = self._make()
            self._slots.append(Slot(actor, "placed", actor.up.remote(), float("inf"), time.monotonic()))

    def idle(self) -> Slot[JobT] | None:
        """Return one that has nothing to do."""
        return next((slot for slot in self._slots if slot.stage == "idle"), None)

    def give(self, slot: Slot[JobT], job: JobT, waits: Any, seconds: float) -> None:
        """Note that an actor works at a job, and for how long it may."""
        slot.job, slot.stage, slot.waits = job, "busy", waits
        slot.deadline = time.monotonic() + seconds

    def hear(self, ready: set[Any]) -> Iterator[Heard[JobT]]:
        """Yield what came of jobs: those that are ready, and those whose actor is late and was ended for it.

        Raises:
            EvmapError: if an actor says that nothing can be done there at all, or none can be started.
        """
        for slot in list(self._slots):
            if slot.waits in ready:
                yield from self._answered(slot)
            elif slot.deadline <= time.monotonic():
                yield from self._lost(slot, "it was late")

    def close(self, gently: bool = False) -> None:
        """End all; `gently` lets those that are idle close what they hold."""
        closing = [slot.actor.close.remote() for slot in self._slots if gently and slot.stage == "idle"]
        if closing:
            ray.wait(closing, num_returns=len(closing), timeout=CLOSE_SECONDS)
        for slot in list(self._slots):
            self._drop(slot)

    def _answered(self, slot: Slot[JobT]) -> Iterator[Heard[JobT]]:
        try:
            value = ray.get(slot.waits, timeout=FETCH_SECONDS)
        except (RayActorError, GetTimeoutError) as error:
            yield from self._lost(slot, _said(error))
        except RayError as error:  # what it was to work with is lost, or it cannot be started
            if slot.job is None:
                yield from self._lost(slot, _said(error))
            else:
                yield Heard(self._free(slot), reason=_said(error))
        else:
            yield from self._advanced(slot, value)

    def _advanced(self, slot: Slot[JobT], value: Any) -> Iterator[Heard[JobT]]:
        if slot.job is not None:
            yield Heard(self._free(slot), value)
        elif slot.stage == "placed":
            now = time.monotonic()
            slot.stage, slot.waits, slot.deadline = "loaded", slot.actor.load.remote(), now + LOAD_SECONDS
        elif isinstance(value, EvmapError):
            raise value
        else:
            self._failures = 0
            slot.stage, slot.waits, slot.deadline = "idle", None, float("inf")

    def _free(self, slot: Slot[JobT]) -> JobT:
        job, slot.job = slot.job, None
        slot.stage, slot.waits, slot.deadline = "idle", None, float("inf")
        assert job is not None
        return job

    def _lost(self, slot: Slot[JobT], reason: str) -> Iterator[Heard[JobT]]:
        self._drop(slot)
        if slot.job is not None:
            yield Heard(slot.job, reason=reason, lost=True)
            return
        self._failures += 1
        if self._failures >= MOST_FAILURES and not any(left.stage in ("idle", "busy") for left in self._slots):
            hint = "Is the same evmap installed on every machine of the cluster?"
            raise UsageError("ray", f"no process that {self._name} can be started: {reason}", hint)

    def _drop(self, slot: Slot[JobT]) -> None:
        self._slots.remove(slot)
        with suppress(RayError):
            ray.kill(slot.actor)


def _said(error: Exception) -> str:
    """What an error of Ray says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
