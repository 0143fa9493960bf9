"""The journal: every decision once more, a line of JSON each, in a file beside the database.

It follows the log: whatever was committed is written, and on the disk, before the officer is answered. People can read
it, any tool can copy it, and `evmap desk restore` makes a desk from it when the database is lost.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select

from nlp.errors import StoreError
from nlp.jsonl import line
from nlp.review.lines import decision_row, unpacked
from nlp.store.tables import decisions

JOURNAL = "decisions.jsonl"
TAIL = 1 << 16  # bytes looked at from the end, until a whole line is found
AT_ONCE = 1000
AFTER = select(decisions).where(decisions.c.decision_id > bindparam("last")).order_by(decisions.c.decision_id)
ADVICE = "Nothing was changed. Put back a newer copy of the database, or run: evmap desk restore DESK"


class Journal:
    """Follows the log of a database that one process holds; not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._path, self._last = path, 0

    def begin(self, reader: Connection) -> None:
        """Mend a torn last line, and catch up.

        Raises:
            StoreError: if the journal knows decisions that the database does not: it is not the one that it followed.
        """
        self._last = self.mend(self._path)
        newest = reader.scalar(select(func.max(decisions.c.decision_id))) or 0
        if self._last > newest:
            reason = f"has decisions up to number {self._last}, the database beside it only up to {newest}"
            raise StoreError(self._path, reason, ADVICE)
        self.follow(reader)

    def follow(self, reader: Connection) -> None:
        """Write what the log has and the journal has not.

        Raises:
            StoreError: if it cannot be written: what was decided stands in the database.
        """
        rows = reader.execute(AFTER, {"last": self._last}, execution_options={"yield_per": AT_ONCE}).mappings()
        try:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                for row in rows:
                    file.write(line(decision_row(unpacked(row))) + "\n")
                    self._last = row["decision_id"]
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            advice = "Make room, then open the desk again: what was decided is in its database"
            raise StoreError(self._path, f"cannot be written: {error.strerror}", advice) from error

    @staticmethod
    def mend(path: Path) -> int:
        """Cut off a line that was not written whole; return the number of the last decision, 0 if there is none."""
        if not path.exists():
            return 0
        with path.open("r+b") as file:
            size, tail, reach = file.seek(0, os.SEEK_END), b"", 0
            while reach < size and tail.count(b"\n") < 2:
                reach = min(size, reach + TAIL)
                file.seek(size - reach)
                tail = file.read(reach)
            end = tail.rfind(b"\n") + 1
            file.truncate(size - len(tail) + end)
            lines = tail[:end].splitlines()
        try:
            return int(json.loads(lines[-1])["decision_id"]) if lines else 0
        except (ValueError, KeyError, TypeError):
            raise StoreError(path, "its last line is no decision", ADVICE) from None
