"""What travels between a reader and whoever waits for it: short signs, and answers that stay packed.

A reader has touched hostile bytes, so its words are taken with care: messages have a length that is checked, what is
read off a pipe never makes the receiver wait, and unpacking builds records of this package and nothing else.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
from dataclasses import dataclass, is_dataclass
from multiprocessing.connection import Connection
from typing import Any

from nlp.errors import EvmapError

READY, BEAT, ASKS, ANSWER, ERROR = b"r", b".", b"?", b"a", b"e"
_PIECE = 1 << 20
_SHORT, _LONG = struct.Struct("!i"), struct.Struct("!Q")  # how a connection writes a message's length
_PLAIN = {("builtins", name) for name in ("set", "frozenset", "bytearray", "complex", "slice", "range")} | {
    (module, name) for module in ("pathlib", "pathlib._local") for name in ("PosixPath", "WindowsPath", "PurePosixPath")
}


@dataclass(frozen=True, slots=True)
class Asks:
    """The reader asks whether this document (sha256 of its bytes, hex) is known; it waits for `Worker.answer`."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an answer without unpacking it; numbers are 0 where the answer is no document."""

    document_id: str | None = None
    characters: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the task returned, packed; it can be handed on to another process as it is."""

    head: Head
    payload: bytes

    def value(self) -> Any:
        """Unpack it.

        Raises:
            pickle.UnpicklingError: if it holds anything but plain values and records of this package.
        """
        return unpack(self.payload)


def pack(value: Any) -> bytes:
    """Return any value of plain values and records of this package as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """Return what was packed; see `Answer.value`."""
    try:
        return _Careful(io.BytesIO(data)).load()
    except (AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError, ValueError) as error:
        raise pickle.UnpicklingError(f"not packed by this package: {error}") from error


def headed(head: Head, retires: bool, payload: bytes) -> bytes:
    """Return the message of an answer. `retires`: the reader ends after it."""
    words = json.dumps([head.document_id, head.characters, head.passages, retires]).encode()
    return len(words).to_bytes(4, "big") + words + payload


def parted(message: bytes | memoryview) -> tuple[Answer, bool]:
    """Return the answer of a message, and whether its reader ends after it.

    Raises:
        ValueError: if it is none.
    """
    start = 4 + int.from_bytes(message[:4], "big")
    document_id, characters, passages, retires = json.loads(bytes(message[4:start]))
    return Answer(Head(document_id, int(characters), int(passages)), bytes(message[start:])), bool(retires)


class Inbox:
    """Messages from the other end of a connection, taken without ever waiting for it.

    Args:
        most: bytes that a message may have.
    """

    def __init__(self, pipe: Connection, most: int) -> None:
        self._pipe, self._most = pipe, most
        self._bytes = bytearray()

    def take(self) -> bytes | bytearray | None:
        """Return the next message, None if it is not all there yet.

        Raises:
            EOFError: if the other end is closed and no whole message is left. ValueError: if it is too long.
        """
        if os.name == "nt":  # its pipes carry whole messages
            return self._pipe.recv_bytes(self._most) if self._pipe.poll() else None
        while True:
            message = self._cut()
            if message is not None or not self._pipe.poll():
                return message
            piece = os.read(self._pipe.fileno(), _PIECE)
            if not piece:
                raise EOFError
            self._bytes += piece

    def _cut(self) -> bytes | bytearray | None:
        held = self._bytes
        if len(held) < _SHORT.size:
            return None
        start, length = _SHORT.size, _SHORT.unpack_from(held)[0]
        if length == -1:
            if len(held) < start + _LONG.size:
                return None
            start, length = start + _LONG.size, _LONG.unpack_from(held, start)[0]
        if not 0 <= length <= self._most:
            raise ValueError(f"a message of {length} bytes")
        if len(held) < start + length:
            return None
        if len(held) == start + length:  # nothing follows, as after a document: no copy of it
            self._bytes = bytearray()
            del held[:start]
            return held
        message = bytes(memoryview(held)[start : start + length])
        del held[: start + length]
        return message


class _Careful(pickle.Unpickler):
    """Makes plain values, and records and errors of this package, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return the class that a pickle names.

        Raises:
            UnpicklingError: if it is none that may be made.
        """
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.partition(".")[0] == "nlp" and not module.endswith("__main__"):
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, tuple | EvmapError)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no record of this package")
