"""The only door for configuration: defaults, then environment variables, then what the caller passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs

from nlp.errors import UsageError

PREFIX = "EVMAP_"
PACKAGE = Path(__file__).resolve().parent
ENCODER = "e5"
MOST: dict[type, float] = {int: 10**18, float: 1_000_000}  # what the system's clocks and limits take
_OFF_AT_ZERO = {"ocr_seconds", "ray_readers"}
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
_UNITS = {
    **{name: name for name in ("bytes", "seconds", "pages", "characters", "dots", "entries", "files")},
    "memory": "bytes", "ratio": "times", "depth": "levels", "after": "documents", "readers": "processes",
}  # fmt: skip
STRICT = {"extra": "forbid"}  # for pydantic: a name that means nothing is refused


def data_root() -> Path:
    """Folder that holds ``corpus/`` and ``models/``: inside the wheel, or the checkout's root."""
    packed = PACKAGE / "_data"
    return packed if packed.is_dir() else PACKAGE.parent


def cache_root() -> Path:
    """Folder for what is built once and can be rebuilt (converted weights); ``EVMAP_CACHE`` overrides it."""
    return Path(os.environ.get("EVMAP_CACHE") or platformdirs.user_cache_dir("evmap"))


def state_root() -> Path:
    """Folder for what the user imported (official wording); ``EVMAP_HOME`` overrides it."""
    return Path(os.environ.get("EVMAP_HOME") or platformdirs.user_data_dir("evmap"))


def program_name() -> str:
    """The programme that ``EVMAP_PROGRAM`` names (`Settings.program`), "" when it is not set."""
    return os.environ.get("EVMAP_PROGRAM") or ""


FOLDERS: dict[str, Callable[[], Path]] = {"EVMAP_CACHE": cache_root, "EVMAP_HOME": state_root}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run. Every field can be set by an environment variable ``EVMAP_<FIELD>`` in capitals.

    Attributes:
        encoder: row of the EMBEDDERS table; not asked where `model` is given.
        precision: what the encoder computes in: fp32, bf16 (nearly twice as fast with AMX, or AVX-512 of AMD's; five to
            fourteen links of a thousand change their lane), int8 (more than twice as fast where the CPU has VNNI; some
            thirty do), or auto for bf16 on CPUs that are faster with it.
        model: folder of a trained model, which names its own encoder; "" takes the shipped one for the encoder.
        program: the programme to map onto: its folder, an export of it, or the name of a shipped one (gcm); "" is the
            Inter-American Program.
        max_bytes: largest file that is read, in bytes.
        max_pages: pages read of one document; more make it partial.
        max_characters: characters kept of one document; more make it partial.
        read_seconds: wall-clock limit for reading one document, in seconds; on scans, between two signs of life.
        ocr_seconds: time for recognising the text of one document's scanned pages; more make it partial, 0 leaves them.
        read_memory: address space that reading one document may take, in bytes; a reader that still holds half of it
            after a document makes way for a new one.
        read_cpu_seconds: computing time for reading one document, in seconds, like `read_seconds` on scans; programs
            that the reader calls have as much each.
        write_bytes: largest temporary file that reading may write, in bytes.
        open_files: files that a reader may have open at once.
        recycle_after: documents after which a reader makes way for a new one.
        ocr_page_seconds: time for recognising the text of one page, in seconds.
        ocr_side_dots: dots of the longer side of a page's picture at most; larger pages are recognised at less.
        zip_entries: parts of a Word document at most.
        zip_bytes: bytes that the parts of a Word document may unpack to.
        zip_ratio: times its size that a Word document may unpack to; counts from `zip_ratio_bytes` unpacked on.
        zip_ratio_bytes: unpacked bytes up to which `zip_ratio` does not count.
        rtf_depth: groups inside one another in an RTF document at most.
        keep_contacts: whether e-mail addresses, phone and account numbers stay in texts instead of being masked.
        ray_address: the Ray cluster for --engine ray, as host:port, or auto for the one of this machine; "" takes what
            RAY_ADDRESS says, and without it starts one on this machine for the run.
        ray_readers: processes of the cluster that read; 0 for as many as map.
        ray_shards: folder, or URL of an object store, where --engine ray keeps what is finished; "" for OUT/shards.
    """

    encoder: str = ENCODER
    precision: str = "fp32"
    model: str = ""
    program: str = ""
    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_characters: int = 10_000_000
    read_seconds: float = 300.0
    ocr_seconds: float = 1_800.0
    read_memory: int = 4_000_000_000
    read_cpu_seconds: float = 240.0
    write_bytes: int = 1_000_000_000
    open_files: int = 512
    recycle_after: int = 500
    ocr_page_seconds: float = 120.0
    ocr_side_dots: int = 6_000
    zip_entries: int = 10_000
    zip_bytes: int = 500_000_000
    zip_ratio: int = 200
    zip_ratio_bytes: int = 10_000_000
    rtf_depth: int = 500
    keep_contacts: bool = False
    ray_address: str = ""
    ray_readers: int = 0
    ray_shards: str = ""

    def __post_init__(self) -> None:
        for item in fields(self):
            _check(item.name, getattr(self, item.name), item)

    @classmethod
    def load(cls, **overrides: object) -> Settings:
        """Return settings from the environment, overridden by the given values that are not None.

        Raises:
            UsageError: if an environment variable does not hold a value of the field's type, or one out of range.
        """
        values: dict[str, object] = {}
        for item in fields(cls):
            raw = os.environ.get(variable_of(item.name))
            if raw is not None:
                values[item.name] = _parse(item.name, raw, type(item.default))
        values.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Described:
    """One setting for people: its variable, its value now and by default, where the value comes from, its unit.

    Attributes:
        source: "environment" or "default". unit: what a number counts, "" for what is no number. about: what it does.
    """

    variable: str
    value: object
    default: object
    source: str
    unit: str
    about: str


def describe() -> list[Described]:
    """Return every setting as it is now, with the words of its documentation, the folders of `FOLDERS` at the end.

    Raises:
        UsageError: as `Settings.load`.
    """
    now, abouts = Settings.load(), _documented(Settings.__doc__ or "")
    rows = [
        Described(variable, getattr(now, item.name), item.default, _source(variable), _unit(item.name), about)
        for item in fields(Settings)
        for variable, about in [(variable_of(item.name), abouts[item.name])]
    ]
    for variable, folder in FOLDERS.items():
        rows.append(Described(variable, str(folder()), "", _source(variable), "", (folder.__doc__ or "").split(";")[0]))
    return rows


def unknown_variables() -> list[str]:
    """Return the names of environment variables that look like settings and are none, sorted."""
    known = {*(variable_of(item.name) for item in fields(Settings)), *FOLDERS}
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name not in known)


def variable_of(name: str) -> str:
    """Return the environment variable of a field."""
    return f"{PREFIX}{name.upper()}"


def _source(variable: str) -> str:
    return "environment" if os.environ.get(variable) is not None else "default"


def _unit(name: str) -> str:
    """What a number counts: the last word of its name says it."""
    return _UNITS.get(name.rsplit("_", 1)[-1], "")


def _documented(text: str) -> dict[str, str]:
    """The fields that a docstring describes under Attributes, each with its words on one line."""
    lines = text.partition("Attributes:")[2].splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    found: dict[str, str] = {}
    for line in filter(str.strip, lines):
        name, _, words = line.strip().partition(": ")
        if len(line) - len(line.lstrip()) == margin:
            found[name] = words
        else:
            found[next(reversed(found))] += f" {line.strip()}"
    return found


def _parse(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        if raw.strip().lower() in _YES | _NO:
            return raw.strip().lower() in _YES
        raise UsageError(variable_of(name), f"{raw!r} is neither yes nor no", "Write 1 or 0")
    try:
        return kind(raw)
    except ValueError:
        raise UsageError(variable_of(name), f"{raw!r} is not of type {kind.__name__}") from None


def _check(name: str, value: object, item: Field[Any]) -> None:
    kind = type(item.default)
    if kind not in MOST or not isinstance(value, int | float):
        return
    zero = name in _OFF_AT_ZERO
    if not 0 <= value <= MOST[kind] or (value == 0 and not zero):  # NaN is in no range
        reason = f"{value!r} is not {'0 or ' if zero else ''}more than 0 and at most {MOST[kind]:_}"
        raise UsageError(variable_of(name), reason, f"Unset it to have {item.default:_}")
