"""RO-Crate: a run as a research object, with its files, what made them, and from which documents.

Specification: RO-Crate 1.1 (www.researchobject.org/ro-crate). Given the run's own folder, the description is laid into
it; given another, the run's files are copied there with it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nlp.formats.fields import ROWS
from nlp.formats.making import making, making_folder
from nlp.formats.source import Source, document_iri, shown
from nlp.seal import DECISIONS, MANIFEST, SEALED
from nlp.writers.walk import Row

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.1"
LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"
UNKNOWN = "Rights in the documents stay with those who issued them; quotes are from these."
TYPES = {".jsonl": "application/jsonl", ".csv": "text/csv", ".html": "text/html", ".json": "application/json"}
ABOUT = {"report.html": "evidence map for people", MANIFEST: "manifest of the run", "text": "canonical texts"}


def write(source: Source, path: Path) -> list[Path]:
    """Lay the description into the run's folder, or make `path` a crate with copies of the run's files.

    Raises:
        UsageError: if it cannot be written, or `path` is another folder that holds something.
    """
    if path.resolve() == source.folder.resolve():
        with making(path / METADATA) as draft:
            _save(draft, source)
        return [path / METADATA]
    with making_folder(path) as folder:
        for name in _names(source):
            held = source.folder / name
            (shutil.copytree if held.is_dir() else shutil.copyfile)(held, folder / name)
        _save(folder / METADATA, source)
    return [path / METADATA]


def _save(path: Path, source: Source) -> None:
    content = {"@context": f"{PROFILE}/context", "@graph": [*entities(source)]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _names(source: Source) -> list[str]:
    """What the run's manifest seals, the manifest itself, and the decisions where there are any."""
    names = [*source.manifest.get(SEALED, {}), MANIFEST, DECISIONS]
    return [name for name in dict.fromkeys(names) if (source.folder / name).exists()]


def entities(source: Source) -> Iterator[Row]:
    """Yield the nodes of the graph: descriptor, root, files, software, model, codebook, documents, the act."""
    run, names = source.manifest, _names(source)
    made = _finished(source)
    documents = [*_documents(source)]
    yield {"@id": METADATA, "@type": "CreativeWork", "conformsTo": _ref(PROFILE), "about": _ref("./")}
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": "Evidence links from documents to the codebook",
        "description": f"What evmap {run.get('evmap')} found in {len(documents)} documents. {UNKNOWN}",
        "datePublished": made,
        "license": _ref(LICENCE),
        "hasPart": [_ref(_id(source, name)) for name in names],
        "mentions": _ref("#run"),
    }
    yield {
        "@id": LICENCE, "@type": "CreativeWork", "name": "Apache License 2.0",
        "description": f"Of the software, the codebook and the links. {UNKNOWN}",
    }  # fmt: skip
    yield from (_file(source, name) for name in names)
    yield from _makers(run)
    yield from documents
    yield {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "evmap map",
        "endTime": made,
        "instrument": [_ref(node["@id"]) for node in _makers(run)],
        "object": [_ref(node["@id"]) for node in documents],
        "result": [_ref(_id(source, name)) for name in names],
    }


def _ref(name: str) -> dict[str, str]:
    return {"@id": name}


def _id(source: Source, name: str) -> str:
    return f"{name}/" if (source.folder / name).is_dir() else name


def _finished(source: Source) -> str:
    """When the run ended: its manifest was written last."""
    seconds = (source.folder / MANIFEST).stat().st_mtime
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _file(source: Source, name: str) -> Row:
    about = ROWS[name].row if name in ROWS else ABOUT.get(name, name)
    node: Row = {"@id": _id(source, name), "name": name, "description": about, "license": _ref(LICENCE)}
    digest: Any = source.manifest.get(SEALED, {}).get(name, {})
    if (source.folder / name).is_dir():
        return {"@type": "Dataset", **node}
    size = {"contentSize": str((source.folder / name).stat().st_size)}
    whole = {"sha256": digest["sha256"]} if "sha256" in digest and "without" not in digest else {}
    form = TYPES.get(PurePosixPath(name).suffix)
    return {"@type": "File", **node, **({"encodingFormat": form} if form else {}), **size, **whole}


def _makers(run: Row) -> Iterable[Row]:
    """What made it: the program, what it stands on, the model, the codebook."""
    versions = run.get("versions", {})
    yield {
        "@id": "#evmap", "@type": "SoftwareApplication", "name": "evmap", "version": str(run.get("evmap")),
        "license": _ref(LICENCE), "softwareRequirements": [f"{name} {version}" for name, version in versions.items()],
    }  # fmt: skip
    yield {
        "@id": f"#model-{run.get('model')}", "@type": "SoftwareApplication", "name": f"model on {run.get('encoder')}",
        "version": str(run.get("model")), "identifier": f"sha256:{run.get('model')}",
    }  # fmt: skip
    yield {
        "@id": f"#codebook-{run.get('program')}", "@type": "CreativeWork", "name": "codebook", "license": _ref(LICENCE),
        "version": str(run.get("program")), "identifier": f"sha256:{run.get('program')}",
    }  # fmt: skip


def _documents(source: Source) -> Iterator[Row]:
    """The documents, which are no part of the crate."""
    for row in source.rows.read("documents.jsonl"):
        known = {"inLanguage": row["language"], "dateCreated": row["date"], "identifier": row["symbol"]}
        names = list(dict.fromkeys(PurePosixPath(shown(name)).name for name in row["inputs"]))
        yield {
            "@id": document_iri(row["document_id"]),
            "@type": "CreativeWork",
            "name": row["title"] or names[0],
            "encodingFormat": row["media_type"],
            "alternateName": names if len(names) > 1 else names[0],
            **{name: value for name, value in known.items() if value},
        }
