"""From paths to mappings: the one place where a file's failure becomes an outcome instead of an error."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp.classify.features import Encodes, Surroundings, body_columns, context_text, joined
from nlp.classify.heads import ADAPTER, Model, load, read_manifest
from nlp.classify.why import Reread
from nlp.encode import embed
from nlp.encode.cache import CachedEmbedder
from nlp.errors import EncoderError, UnreadableDocument, UsageError
from nlp.mapping import Mapping, link_document
from nlp.program import LANGUAGES, Program, load_program
from nlp.readers import read
from nlp.readers.worker import Worker
from nlp.records import Reading
from nlp.settings import ENCODER, Settings, data_root
from nlp.structure.segment import Structured, structure

FALLBACK = "use"
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: exactly one of these per input, whatever happened.

    Attributes:
        status: one of `records.STATUSES`; reason: why it is not "ok", None when it is.
        mapping: None when the input could not be read, and for a repeated document (then `same_as` names the first).
        seconds: wall-clock time of each stage.
    """

    path: str
    status: str
    reason: str | None = None
    document_id: str | None = None
    mapping: Mapping | None = None
    same_as: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def read_structured(path: Path, settings: Settings) -> Structured:
    """Read a file and find its structure (the task of the reading child)."""
    return structure(read(path, settings))


class Mapper:
    """A loaded model with its encoder and codebook: maps one document after another.

    Args:
        settings: which encoder and model. cache: file for vectors; None computes everything anew.
        notice: hears what the user should know, such as a fallback to another encoder.

    Raises:
        EncoderError, ModelError, CodebookError: when one of the three cannot be loaded or they do not fit.
    """

    def __init__(self, settings: Settings, cache: Path | None = None, notice: Notice = lambda _: None) -> None:
        self.program: Program = load_program()
        self.encoder_name, folder = choose_model(settings, notice)
        embedder = embed.load(self.encoder_name, adapter_of(folder))
        self.encoder_identity = embedder.identity
        self.model: Model = load(folder, self.program, embedder.identity)
        self._cache = CachedEmbedder(embedder, cache) if cache else None
        self.encoder: Encodes = self._cache or embedder

    def map(self, structured: Structured) -> Mapping:
        """Return the mapping of one document."""
        text, passages = structured.document.text, structured.passages
        places = surroundings(structured, self.program)
        vectors, readings = self._read([text[p.span.start : p.span.end] for p in passages], places)
        rereads = {number: self._rereader(place) for number, place in enumerate(places)}
        return link_document(structured, readings, vectors, self.model, self.program, rereads)

    def read_texts(self, texts: Sequence[str], places: Sequence[Surroundings]) -> list[Reading]:
        """Read texts as if each stood in its surroundings."""
        return self._read(texts, places)[1]

    def close(self) -> None:
        """Write the cache."""
        if self._cache:
            self._cache.close()

    def _read(self, texts: Sequence[str], places: Sequence[Surroundings]) -> tuple[embed.Vectors, list[Reading]]:
        heads = self.model.heads
        if heads.joined:
            vectors = self.encoder.encode([joined(*pair) for pair in zip(texts, places, strict=True)])
            return vectors, self.model.read(vectors, texts, places, self.program)
        vectors = self.encoder.encode(texts)
        contexts = self.encoder.encode([context_text(place) for place in places])
        bodies = body_columns(self.program, [place.body for place in places])
        return vectors, self.model.read(heads.features(vectors, contexts, bodies), texts, places, self.program)

    def _rereader(self, place: Surroundings) -> Reread:
        return lambda texts: self.read_texts(texts, [place] * len(texts))


def surroundings(structured: Structured, program: Program) -> list[Surroundings]:
    """Return what stands around each passage of a document, in the words that training had: names, not ids."""
    text = structured.document.text
    language = next((code for code in LANGUAGES if code == structured.profile.language), LANGUAGES[0])
    places, last = [], ""
    for passage in structured.passages:
        known = program.body_by_id.get(passage.implementer or "")
        name = passage.implementer_text or (
            known.names.get(language, known.names["en"]) if known else passage.implementer
        )
        places.append(Surroundings(name, passage.implementer, passage.section, passage.lead_in or last))
        last = text[passage.span.start : passage.span.end]
    return places


def adapter_of(folder: Path) -> Path | None:
    """Return the folder of a model's update of its encoder, None if the encoder is used as it is."""
    adapter = folder / ADAPTER
    return adapter if adapter.is_dir() else None


def choose_model(settings: Settings, notice: Notice) -> tuple[str, Path]:
    """Return encoder name and model folder; falls back from the default encoder to a lighter one, saying so.

    Raises:
        EncoderError: if there is no such encoder. ModelError: if the model's manifest cannot be read.
    """
    if settings.model:
        folder = Path(settings.model)
        return str(read_manifest(folder)["encoder"]).split("-")[0], folder
    name = settings.encoder
    if name not in embed.EMBEDDERS:
        raise EncoderError(name, "no such encoder", f"Choose one of: {', '.join(embed.EMBEDDERS)}")
    if name == ENCODER and not embed.available(name) and embed.available(FALLBACK):
        notice(f"The encoder {name} is not installed; using {FALLBACK}, which is less accurate. "
               f"To install it: {embed.EMBEDDERS[name].install}")  # fmt: skip
        name = FALLBACK
    return name, data_root() / "models" / name


def find_inputs(inputs: Iterable[str], out: Path | None = None) -> list[Path]:
    """Return the files to read in order: a folder gives its files, recursively, sorted; anything else stays itself.

    Hidden files and folders are left out of a folder's walk. Links to folders are not followed.

    Raises:
        UsageError: if there is none, or `out` is an input folder or lies inside one.
    """
    found: list[Path] = []
    inputs = list(inputs)
    for item in inputs:
        path = Path(item)
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises on a name that is too long
            found.append(path)
            continue
        if out is not None and out.resolve().is_relative_to(path.resolve()):
            raise UsageError(out, f"the output folder lies inside the input folder {path}", "Name another with -o")
        seen = (p for p in sorted(path.rglob("*")) if not any(x.startswith(".") for x in p.relative_to(path).parts))
        found += filter(_counts, seen)
    if not found:
        raise UsageError(", ".join(inputs), "no file there", "Give files or folders of PDF, DOCX, HTML or text")
    return found


def _counts(path: Path) -> bool:
    """Folders are walked, not read, but one that is named like a document is reported."""
    return not path.is_dir() or path.suffix.lower() in {".pdf", ".docx", ".html", ".htm", ".txt", ".md"}


def map_file(path: str | Path, settings: Settings | None = None) -> Mapping:
    """Return the mapping of one file.

    Raises:
        UnreadableDocument: if it cannot be read. EncoderError, ModelError: if the model cannot be loaded.
    """
    chosen = settings or Settings.load()
    mapper = Mapper(chosen)
    try:
        return mapper.map(read_structured(Path(path), chosen))
    finally:
        mapper.close()


def map_many(
    paths: Iterable[str | Path], settings: Settings | None = None, mapper: Mapper | None = None
) -> Iterator[Outcome]:
    """Yield one outcome per path, in order. A file that cannot be read is an outcome; the others go on.

    Args:
        mapper: a loaded model to use; by default the one that the settings name is loaded.

    Raises:
        EncoderError, ModelError, CodebookError: before the first outcome, if nothing could be mapped at all.
    """
    chosen = settings or Settings.load()
    worker = Worker(read_structured, chosen)
    worker.start()
    try:
        own = mapper or Mapper(chosen)
        seen: dict[str, str] = {}
        for path in paths:
            yield _map_one(Path(path), worker, own, seen)
    finally:
        worker.stop()


def _map_one(path: Path, worker: Worker, mapper: Mapper, seen: dict[str, str]) -> Outcome:
    clock = time.monotonic()
    try:
        structured: Structured = worker.call(path)
        read_seconds = time.monotonic() - clock
        document = structured.document
        status = "partial" if document.extract.partial else "ok"
        first = seen.get(document.document_id)
        mapping = None if first else mapper.map(structured)
        seen.setdefault(document.document_id, str(path))
        seconds = {"read": read_seconds, "map": time.monotonic() - clock - read_seconds}
        return Outcome(str(path), status, document.extract.partial, document.document_id, mapping, first, seconds)
    except UnreadableDocument as error:
        reason = f"{error.reason}. {error.hint}" if error.hint else error.reason
        return Outcome(str(path), error.status, reason, seconds={"read": time.monotonic() - clock})
    except Exception as error:  # noqa: BLE001 - the batch goes on; the ledger says what happened
        reason = f"{type(error).__name__}: {error}"
        return Outcome(str(path), "crashed", reason, seconds={"read": time.monotonic() - clock})
