"""How often somebody may do something: a bucket of tokens each, filled again with time."""

from __future__ import annotations

import threading
import time

from nlp.desk.faults import TooMany

MOST = 10_000  # buckets that are kept; the fullest are forgotten first


class Rates:
    """At most `burst` at once, and `a_second` more every second. For several threads."""

    def __init__(self, burst: float, a_second: float) -> None:
        self._burst, self._speed = burst, a_second
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, who: str) -> None:
        """Count one more.

        Raises:
            TooMany: if that is too much.
        """
        with self._lock:
            left = self._now(who)
            if left < 1:
                raise TooMany(max(1.0, (1 - left) / self._speed))
            self._left[who] = (left - 1, time.monotonic())
            if len(self._left) > MOST:
                del self._left[max(self._left, key=lambda name: self._left[name][0])]

    def _now(self, who: str) -> float:
        left, then = self._left.get(who, (self._burst, time.monotonic()))
        return min(self._burst, left + (time.monotonic() - then) * self._speed)
