"""`nlp.open`: from folders to a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nlp.corpus.corpus import Corpus
from nlp.corpus.finding import name_of
from nlp.corpus.parquet import Output
from nlp.corpus.views import Views
from nlp.display import title_of
from nlp.errors import UsageError
from nlp.extras import need
from nlp.program import LANGUAGES, Program, load_program, recorded_program, remember
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.review.vault import PLACE


def open_corpus(
    where: str | Path | Iterable[str | Path], titles: str = "en", program: Program | None = None, store: str = ""
) -> Corpus:
    """Open the output of `evmap map` or `evmap desk export`, or a desk as it stands now, or several as one corpus.

    Nothing is written into the folders. The first time that a table is asked for, it is kept as Parquet under
    `settings.cache_root()`/corpora, which may be deleted at any time.

    Args:
        where: folders. A desk may be in use meanwhile; what is decided later needs another opening.
        titles: language of labels (en, es, pt, fr). program: the codebook of the run; the shipped one by default.
        store: URL of the database of a desk that keeps its decisions in PostgreSQL.

    Raises:
        UsageError: if a folder holds no finished run, runs have other targets than the codebook, or another language
            is asked for. StoreError: if a desk cannot be read.
        MissingExtra: if the extra ``notebook`` is not installed.
    """
    if titles not in LANGUAGES:
        raise UsageError(titles, "labels have no such language", f"Choose of: {', '.join(LANGUAGES)}")
    folders = [where] if isinstance(where, str | Path) else list(where)
    program = program or _made_with(folders)
    remember(program)
    outputs = tuple(_named(map(Path, folders), program, store))
    for output in outputs:
        if output.targets and output.targets != program.targets:
            raise UsageError(output.folder, "made with another codebook", "Pass it: nlp.open(OUT, program=...)")
    return Corpus(Views(outputs), program, titles, connect(program, titles))


def _made_with(folders: Sequence[str | Path]) -> Program:
    """The programme that the first folder was made with: all must have its targets."""
    first = Path(folders[0]).expanduser() if folders else Path()
    return recorded_program(first) if (first / "run.json").is_file() else load_program()


def _named(folders: Iterable[Path], program: Program, store: str) -> list[Output]:
    """Name each folder by its last part, or by its whole path where two share that."""
    paths = [folder.expanduser().resolve() for folder in folders]
    if not paths:
        raise UsageError("open", "no folder", "Name the output folder of a run")
    if len(set(paths)) < len(paths):
        raise UsageError("open", "a folder stands there twice", "Name each once")
    names = Counter(path.name for path in paths)
    outputs = []
    for path in paths:
        name = path.name if names[path.name] == 1 else str(path)
        outputs.append(_desk(path, name, program, store) if (path / PLACE).is_file() else Output(path, name))
    for output in outputs:
        _ = output.manifest, output.targets
    return outputs


def _desk(folder: Path, name: str, program: Program, store: str) -> Output:
    """A desk as it stands now, in a folder that goes with the corpus."""
    own = TemporaryDirectory(prefix="evmap-desk-")
    out = Path(own.name, "out")
    out.mkdir()
    with Desk.look(folder, store, program) as desk:
        export_desk(desk, out)
    return Output(out, name, own)


def connect(program: Program, titles: str) -> Any:
    """Return a connection of DuckDB that knows the codebook: tables `labels`, `bodies` and `concordance`."""
    connection = need("duckdb").connect()
    rows = [
        (target, target.split(":")[0], label.id, title_of(program, target, titles), label.article,
         program.group_of(label), label.implementer)
        for target, label in program.labels.items()
    ]  # fmt: skip
    texts = dict.fromkeys(("target", "axis", "number", "label", "article", "body_group", "given_to"), "string")
    _hold(connection, "labels", {**texts, "number": "int32"}, rows)
    bodies = [(key, name_of(program, key, titles)) for key in program.body_by_id]
    _hold(connection, "bodies", dict.fromkeys(("id", "name"), "string"), bodies)
    pairs = [(f"activity:{p.activity}", f"objective:{p.objective}", p.strength) for p in program.concordance]
    _hold(connection, "concordance", dict.fromkeys(("target", "parent", "strength"), "string"), pairs)
    return connection


def _hold(connection: Any, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """Make a table; by Arrow, which takes a tenth of the time that writing the rows into SQL does."""
    arrow = need("pyarrow")
    schema = arrow.schema([(column, getattr(arrow, kind)()) for column, kind in columns.items()])
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    connection.register("held", arrow.table([list(column) for column in cells], schema=schema))
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM held")
    connection.unregister("held")
