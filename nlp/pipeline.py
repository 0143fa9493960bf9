"""From paths to mappings: the one place where a file's failure becomes an outcome instead of an error."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from nlp.classify.choosing import adapter_of as adapter_of
from nlp.classify.choosing import choose_model
from nlp.classify.features import Encodes, Surroundings, body_columns, context_text, joined, surroundings_in
from nlp.classify.golden import check_golden
from nlp.classify.heads import Model, load
from nlp.classify.unseen import Unseen, as_stranger, kind_of, load_estimate, taught_by
from nlp.classify.why import Gaps, Reread
from nlp.classify.zero_shot import LabelViews
from nlp.encode import embed
from nlp.encode.base import packs, without
from nlp.encode.cache import CachedEmbedder
from nlp.errors import EvmapError, UnreadableDocument
from nlp.mapping import Mapping, links_of, mapping_of
from nlp.program import LANGUAGES, Program, load_program
from nlp.readers.worker import Worker
from nlp.records import Known, Link, Reading
from nlp.settings import PACKAGE, Settings, cache_root
from nlp.structure.reading import prepare as prepare
from nlp.structure.reading import program_of as program_of
from nlp.structure.reading import read_structured as read_structured
from nlp.structure.segment import Structured

Notice = Callable[[str], None]
STRETCH = 60_000  # characters that are read, judged and linked before the next: an encoder still has their states then


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


class Mapper:
    """A loaded model with its encoder and codebook: maps one document after another.

    Args:
        settings: which encoder and model. cache: file for vectors; None computes everything anew.
        notice: hears what the user should know, such as a fallback to another encoder.
        threads: texts encoded at once; by default as many as the machine has cores.

    Raises:
        EncoderError, ModelError, CodebookError: when one of the three cannot be loaded or they do not fit.
    """

    def __init__(
        self,
        settings: Settings,
        cache: Path | None = None,
        notice: Notice = lambda _: None,
        threads: int | None = None,
    ) -> None:
        self.program: Program = program_of(settings)
        self.encoder_name, folder = choose_model(settings, notice)
        embedder = embed.load(self.encoder_name, adapter_of(folder), settings.precision)
        embedder.threads = threads or embedder.threads
        self.encoder_identity = embedder.identity
        stranger = kind_of(folder, self.program) == "zero-shot"
        self._taught = load_program(taught_by(folder)) if stranger else self.program
        self.model: Model = load(folder, self._taught, embedder.identity)
        check_golden(folder, embedder, embedder.identity)
        self._caches: list[CachedEmbedder] = []
        self.encoder: Encodes = self._kept(embedder, cache)
        self._unseen = self._meet(folder, embedder, settings, cache, notice) if stranger else None

    def _kept(self, embedder: embed.Embedder, cache: Path | None) -> Encodes:
        if cache is None:
            return embedder
        self._caches.append(CachedEmbedder(embedder, cache))
        return self._caches[-1]

    def _meet(
        self, folder: Path, embedder: embed.Embedder, settings: Settings, cache: Path | None, notice: Notice
    ) -> Unseen:
        """Get ready for a programme that the model was not trained for."""
        notice(f"No model is trained for {self.program.title()}: what is found is estimated from the codebook alone "
               "(zero-shot) and all of it is to review.")  # fmt: skip
        estimate, centre = load_estimate(folder), self.model.heads.centre
        self.model = as_stranger(self.model, estimate)
        encoder = self.encoder
        if adapter_of(folder):  # made with the labels of another programme: no help with these
            packed = embed.load(self.encoder_name, None, settings.precision)
            packed.threads, embedder = embedder.threads, packed
            encoder = self._kept(packed, cache)
        labels = LabelViews.kept(self.program, encoder, embedder.origin, cache_root() / "labels")
        return Unseen(self.program, estimate, labels, encoder, centre)

    def map(self, structured: Structured) -> Mapping:
        """Return the mapping of one document."""
        text, passages = structured.document.text, structured.passages
        places = surroundings(structured, self.program)
        own = [text[p.span.start : p.span.end] for p in passages]
        around = self._around(places)
        readings: list[Reading] = []
        links: list[Link] = []
        start = 0
        for whole in packs([self._whole(*pair) for pair in zip(own, places, strict=True)], STRETCH):
            part = slice(start, start + len(whole))
            start = part.stop
            near = None if around is None else around[part]
            vectors, read = self._read(own[part], places[part], near)
            reread = self._rereader(own[part], places[part], near, read)
            links += links_of(text, passages[part], read, vectors, self.model, self.program, reread)
            readings += read
        return mapping_of(structured, readings, links, self.model, self.program)

    def read_texts(self, texts: Sequence[str], places: Sequence[Surroundings]) -> list[Reading]:
        """Read texts as if each stood in its surroundings."""
        return self._read(texts, places, self._around(places))[1]

    def close(self) -> None:
        """Write the cache."""
        for cached in self._caches:
            cached.close()

    def _around(self, places: Sequence[Surroundings]) -> embed.Vectors | None:
        """What the encoder makes of surroundings, a row a place; None where it reads them with their passages."""
        if self.model.heads.joined:
            return None
        around = [context_text(place) for place in places]
        unique = {text: number for number, text in enumerate(dict.fromkeys(around))}
        return self.encoder.encode([*unique])[[unique[text] for text in around]]

    def _read(
        self, texts: Sequence[str], places: Sequence[Surroundings], around: embed.Vectors | None
    ) -> tuple[embed.Vectors, list[Reading]]:
        vectors = self.encoder.encode([self._whole(*pair) for pair in zip(texts, places, strict=True)])
        readings = self._judge(vectors, texts, places, around)
        return vectors, self._unseen.read(texts, readings) if self._unseen else readings

    def _whole(self, text: str, place: Surroundings) -> str:
        """What the encoder reads of a passage."""
        return joined(text, place) if self.model.heads.joined else text

    def _judge(
        self, vectors: embed.Vectors, texts: Sequence[str], places: Sequence[Surroundings], around: embed.Vectors | None
    ) -> list[Reading]:
        if around is not None:
            bodies = body_columns(self._taught, [place.body for place in places])
            vectors = self.model.heads.features(vectors, around, bodies)
        return self.model.read(vectors, texts, places, self._taught)

    def _rereader(
        self,
        texts: Sequence[str],
        places: Sequence[Surroundings],
        around: embed.Vectors | None,
        known: Sequence[Reading],
    ) -> Reread:
        def reread(asked: Gaps) -> list[list[Reading]]:
            if not asked:
                return []
            if self._unseen:
                return self._unseen.without(texts, asked, known)
            vectors = self.encoder.leave_out([(self._whole(texts[n], places[n]), gaps) for n, gaps in asked])
            left = [without(texts[n], gap) for n, gaps in asked for gap in gaps]
            rows = [n for n, gaps in asked for _ in gaps]
            own = None if around is None else around[rows]
            readings = iter(self._judge(vectors, left, [places[n] for n in rows], own))
            return [[*islice(readings, len(gaps))] for _, gaps in asked]

        return reread


def surroundings(structured: Structured, program: Program) -> list[Surroundings]:
    """Return what stands around each passage of a document."""
    language = next((code for code in LANGUAGES if code == structured.profile.language), LANGUAGES[0])
    return [
        surroundings_in(program, language, one.implementer, one.implementer_text, one.section, one.lead_in)
        for one in structured.passages
    ]


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


def safe_reason(error: BaseException) -> str:
    """Say what stopped a document without what it says: an error that is not ours may quote the text in its message.

    So of such an error only its type is told, and the last place in our code that it passed.
    """
    if isinstance(error, EvmapError):
        return f"{error.reason}. {error.hint}" if error.hint else error.reason
    ours = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(PACKAGE)]
    where = f" in {Path(ours[-1].filename).relative_to(PACKAGE)}, line {ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}. Report it, with the document if you may"


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
    worker = Worker(read_structured, chosen, prepare=prepare)
    worker.start()
    try:
        own = mapper or Mapper(chosen)
        seen: dict[str, Outcome] = {}
        for path in paths:
            yield _map_one(Path(path), worker, own, seen)
    finally:
        worker.stop()


def _map_one(path: Path, worker: Worker, mapper: Mapper, seen: dict[str, Outcome]) -> Outcome:
    clock = time.monotonic()
    try:
        structured: Structured | Known = worker.call(path, seen.__contains__)
    except UnreadableDocument as error:
        seconds = {"read": time.monotonic() - clock}
        return Outcome(str(path), error.status, safe_reason(error), error.document_id, seconds=seconds)
    seconds = {"read": time.monotonic() - clock}
    if isinstance(structured, Known):
        first = seen[structured.document_id]
        return replace(first, path=str(path), same_as=first.path, seconds=seconds)
    document = structured.document
    outcome = attempt(path, document.document_id, lambda: mapper.map(structured))
    seen[document.document_id] = replace(outcome, mapping=None)  # what a twin is told
    return replace(outcome, seconds={**seconds, "map": time.monotonic() - clock - seconds["read"]})


def attempt(path: Path, document_id: str | None, work: Callable[[], Mapping]) -> Outcome:
    """Return what came of mapping a document that was read; whatever goes wrong is an outcome too."""
    try:
        mapping = work()
    except Exception as error:  # noqa: BLE001 - the batch goes on; the ledger says what happened
        return Outcome(str(path), "crashed", safe_reason(error), document_id)
    partial = mapping.structured.document.extract.partial
    return Outcome(str(path), "partial" if partial else "ok", partial, document_id, mapping)
