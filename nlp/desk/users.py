"""Who may come in: a file of codes, ranks and salted hashes of tokens. A token is shown once and kept nowhere.

A token is 256 random bits, so one round of SHA-256 with a salt is as good as a slow hash: nobody guesses it. The file
is read again when it has changed, so that a user who was removed is out at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from nlp.errors import UsageError
from nlp.review.records import Rank

RANKS: tuple[Rank, ...] = get_args(Rank)
"""From the least to the most that somebody may do."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TOKEN_BYTES, SALT_BYTES = 32, 16
MOST_TOKEN = 200  # characters of what is compared at all


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come in.

    Attributes:
        name: a code, never a person's name. rank: what she may do.
        salt, digest: hex; digest is the sha256 of salt and token.
    """

    name: str
    rank: Rank
    salt: str
    digest: str

    def may(self, rank: Rank) -> bool:
        """Whether her rank is at least `rank`."""
        return RANKS.index(self.rank) >= RANKS.index(rank)

    def holds(self, token: str) -> bool:
        """Whether a token is hers; takes as long whether it is or not."""
        return hmac.compare_digest(self.digest, _digest(self.salt, token))


def new_user(name: str, rank: Rank, token: str = "", salt: str = "") -> tuple[User, str]:
    """Return a user and her token, a new one unless it is given; it is not to be had again.

    Raises:
        UsageError: if the name is no code, or there is no such rank.
    """
    if not NAME.fullmatch(name):
        raise UsageError(name, "is no code for a user", "Take small letters, digits, - and _, at most 40, no names")
    if rank not in RANKS:
        raise UsageError(rank, "no such rank", f"Choose one of: {', '.join(RANKS)}")
    token, salt = token or secrets.token_urlsafe(TOKEN_BYTES), salt or secrets.token_hex(SALT_BYTES)
    return User(name, rank, salt, _digest(salt, token)), token


class Users:
    """The users of a desk.

    Args:
        file: where they are kept, None for `fixed` alone. fixed: users that are in no file.
    """

    def __init__(self, file: Path | None, fixed: Iterable[User] = ()) -> None:
        self._file, self._fixed = file, {user.name: user for user in fixed}
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._known: dict[str, User] = {}
        self.all()

    def all(self) -> dict[str, User]:
        """Return the users by name, as the file says now.

        Raises:
            UsageError: if the file cannot be read, or is none of ours.
        """
        if self._file is None:
            return self._fixed
        with self._lock:
            try:
                told = self._file.stat()
            except OSError:
                told = None
            seen = (told.st_mtime_ns, told.st_size) if told else None
            if seen is None or seen != self._seen:
                self._known, self._seen = read_users(self._file), seen
            return {**self._fixed, **self._known}

    def holder(self, token: str) -> User | None:
        """Return the user whose token this is, None if it is nobody's."""
        if not 0 < len(token) <= MOST_TOKEN:
            return None
        found = [user for user in self.all().values() if user.holds(token)]  # all of them: time tells nothing
        return found[0] if found else None


def read_users(file: Path) -> dict[str, User]:
    """Return the users of a file by name.

    Raises:
        UsageError: if it cannot be read, or is none of ours.
    """
    try:
        rows = json.loads(file.read_text("utf-8"))["users"]
        users = [User(**row) for row in rows]
    except FileNotFoundError:
        raise UsageError(
            file, "there is no such file of users", f"Run: evmap desk user add CODE --users {file}"
        ) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = f"cannot be read as a file of users ({type(error).__name__})"
        raise UsageError(file, reason, "Take a copy of it from before, or begin a new one") from None
    if any(user.rank not in RANKS or not NAME.fullmatch(user.name) for user in users):
        raise UsageError(file, "holds a rank or code that is none", "Take a copy of it from before")
    return {user.name: user for user in users}


def write_users(file: Path, users: Iterable[User]) -> None:
    """Write a file of users, readable for its owner alone; whoever reads meanwhile sees the old one or the new.

    Raises:
        UsageError: if it cannot be written.
    """
    rows = [asdict(user) for user in users]
    draft = file.with_name(f".{file.name}.draft")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 - its rights from the start
            json.dump({"users": rows}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        raise UsageError(file, f"cannot be written: {error.strerror}", "Name another with --users") from None


def _digest(salt: str, token: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + token.encode("utf-8", "surrogatepass")).hexdigest()
