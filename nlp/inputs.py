"""Which files a run reads: folders are walked in order, name by name, and what is left out is told.

A walk holds the names of one folder at a time, so a million files in it cost no more than their names.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from nlp.errors import UsageError

Notice = Callable[[str], None]
DOCUMENT_LIKE = (".pdf", ".docx", ".html", ".htm", ".txt", ".md")
# By these a folder of ours is known, also one of a run that was killed, or a desk.
OURS = ("run.json", "ledger.jsonl", ".ledger.jsonl.draft", "evmap.sqlite", "desk.sqlite", "desk.json")
SEED = 2005  # of the draw
HIDDEN, LINKED = "hidden files or folders", "links to folders or out of the folder"


def find_inputs(inputs: Iterable[str], out: Path | None = None, notice: Notice = lambda _: None) -> list[Path]:
    """Return what `walk` yields.

    Raises:
        UsageError: if there is no input, or as `refuse_harm`.
    """
    inputs = list(inputs)
    found = list(walk(inputs, out, notice))
    if not found:
        raise UsageError(", ".join(inputs), "no file there", "Give files or folders of PDF, DOCX, HTML or text")
    return found


def walk(inputs: Iterable[str], out: Path | None = None, notice: Notice = lambda _: None) -> Iterator[Path]:
    """Yield the files to read in order: a folder gives its files, recursively, sorted; anything else stays itself.

    Left out of a folder's walk are hidden files and folders, links to folders, links to files that lie elsewhere, and
    `out`: `notice` hears of them. A folder that cannot be listed is yielded itself, as is one that is named like a
    document: reading it says why not.

    Raises:
        UsageError: as `refuse_harm`, before the first file.
    """
    inputs = list(inputs)
    if out is not None:
        refuse_harm(inputs, out)
    for item in inputs:
        if not os.path.isdir(item):  # noqa: PTH112 - Path.is_dir raises on a name that is too long
            yield Path(item)
            continue
        passed: Counter[str] = Counter()
        yield from _files(Path(item), _inside(item, out), passed)
        for what, count in passed.items():
            named = f"{count} {what} were left out; name them to include them"
            notice(f"{item}: {named if what in (HIDDEN, LINKED) else f'{what} was left out'}")


def refuse_harm(inputs: Iterable[str], out: Path) -> None:
    """Refuse an output folder that is an input or holds some; one of ours inside an input folder is just left out.

    Raises:
        UsageError: if writing to `out` could change what is read.
    """
    place = out.resolve()
    for item in inputs:
        path = Path(os.path.realpath(item))
        if path == place:
            raise UsageError(out, "the output folder is an input", "Name another with -o")
        if path.is_relative_to(place):
            raise UsageError(out, f"the output folder holds the input {item}", "Name another with -o")
        if place.is_relative_to(path) and _holds_other(place):
            reason = f"the output folder lies inside the input folder {item} and holds other files"
            raise UsageError(out, reason, "Name another with -o")


def _holds_other(folder: Path) -> bool:
    """Whether a folder holds something, but no run of ours."""
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries}
    except OSError:  # not there yet, or no folder: the run will say so
        return False
    return bool(names) and not names & set(OURS)


def _inside(item: str, out: Path | None) -> str | None:
    """The path of `out` as a walk of `item` meets it, None if it does not lie there."""
    if out is None:
        return None
    place, root = out.resolve(), Path(os.path.realpath(item))
    return os.path.join(Path(item), place.relative_to(root)) if place.is_relative_to(root) else None  # noqa: PTH118 - as the walk writes it


def _files(root: Path, out: str | None, passed: Counter[str]) -> Iterator[Path]:
    """Yield the files below `root`; `passed` counts what was left out."""
    own = os.path.realpath(root)
    stack: list[Iterator[tuple[str, bool]]] = [iter([(str(root), True)])]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        path, is_folder = step
        if not is_folder:
            yield Path(path)
        elif path == out:
            passed["the output folder"] += 1
        else:
            listed = _listed(path, own, passed)
            if listed is None or (len(stack) > 1 and path.lower().endswith(DOCUMENT_LIKE)):
                yield Path(path)
            stack.append(_steps(path, *(listed or ([], set()))))


def _steps(folder: str, names: list[str], folders: set[str]) -> Iterator[tuple[str, bool]]:
    for name in names:
        yield os.path.join(folder, name), name in folders  # noqa: PTH118 - a million times


def _listed(folder: str, root: str, passed: Counter[str]) -> tuple[list[str], set[str]] | None:
    """The names in a folder of the walk of `root`, sorted, and which are folders; None if it cannot be listed."""
    names, folders = [], set()
    try:
        with os.scandir(folder) as entries:
            for entry in _kept(entries, root, passed):
                names.append(entry.name)
                folders |= {entry.name} if entry.is_dir(follow_symlinks=False) else set()
    except OSError:
        return None
    return sorted(names), folders


def _kept(entries: Iterable[os.DirEntry[str]], root: str, passed: Counter[str]) -> Iterator[os.DirEntry[str]]:
    """Yield the entries that the walk of `root` follows, and count the others."""
    for entry in entries:
        if why := _left_out(entry, root):
            passed[why] += 1
        else:
            yield entry


def _left_out(entry: os.DirEntry[str], root: str) -> str | None:
    """Why an entry of the walk of `root` is left out; None if it is not."""
    if entry.name.startswith("."):
        return HIDDEN
    return LINKED if entry.is_symlink() and _leads_away(entry, root) else None


def _leads_away(entry: os.DirEntry[str], root: str) -> bool:
    """Whether a link leads to a folder, or to a file that does not lie below `root`."""
    try:
        if entry.is_dir():
            return True
        there = entry.is_file()
    except OSError:  # a link to itself: reading it says so
        return False
    return there and not Path(os.path.realpath(entry.path)).is_relative_to(root)


def drawn(paths: Sequence[Path], limit: int | None = None, sample: int | None = None, seed: int = SEED) -> list[Path]:
    """Return the first `limit` of `sample` paths drawn at random by `seed`, in the order given; None: all."""
    chosen = list(range(len(paths)))
    if sample is not None and sample < len(chosen):
        chosen = sorted(random.Random(seed).sample(chosen, sample))  # noqa: S311 - not for secrets
    return [paths[number] for number in chosen[:limit]]
