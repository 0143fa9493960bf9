"""A table of every format: what is written of a run, how fast, who read it, and whether it came back whole.

python -m tests.formats OUT
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp.cli.speak import print_table
from nlp.formats import FORMATS, Back, Source
from nlp.formats.skos_back import read_program
from nlp.formats.tables import VIEWS, values
from nlp.jsonl import read_rows
from tests.formats import checking
from tests.formats.folders import PROGRAM, source

Check = Callable[[Path, Source], tuple[str, list[str]]]
SOME = 200  # annotations that shapes look at
HEADS = ("format", "files", "kB", "seconds", "read by", "faults", "came back")


def annotations(path: Path, held: Source) -> tuple[str, list[str]]:
    content = json.loads(path.read_text("utf-8"))
    faults = checking.schema_faults(content)
    items = content["first"]["items"]
    content["first"]["items"] = items[:: max(1, len(items) // SOME)]
    return "jsonschema (all), rdflib + pyshacl (a draw)", faults + checking.annotation_faults(content)


def codebook(path: Path, held: Source) -> tuple[str, list[str]]:
    return "rdflib + pyshacl", checking.skos_faults(path)


def package(path: Path, held: Source) -> tuple[str, list[str]]:
    return "frictionless", checking.package_faults(path)


def parquet(path: Path, held: Source) -> tuple[str, list[str]]:
    import duckdb

    faults = []
    for row in json.loads((path / "datapackage.json").read_text("utf-8"))["resources"]:
        ((count,),) = duckdb.sql(f"SELECT count(*) FROM '{path / row['path']}'").fetchall()
        faults += [row["path"]] if count != row["rows"] else []
    return "duckdb", faults


def sheets(path: Path, held: Source) -> tuple[str, list[str]]:
    if not checking.has_calc():
        return "no LibreOffice Calc here", []
    with tempfile.TemporaryDirectory() as folder:
        found = checking.sheets(path, Path(folder))
    faults, cells = [], 0
    for name, view in VIEWS.items():
        for row, cell in zip(view.rows(held), found.get(name, [])[1:], strict=False) if not view.large else ():
            wanted = values(view.table, row)
            cells += len(wanted)
            faults += [f"{name}: {pair}" for pair in zip(cell, wanted, strict=True) if not checking.same(*pair)]
    return f"LibreOffice, {cells} cells", faults


def database(path: Path, held: Source) -> tuple[str, list[str]]:
    with checking.datasette(path) as address:
        answer = checking.asked(f"{address}/{path.stem}/links.json?_facet=lane&_size=0")
        found = sum(row["count"] for row in answer["facet_results"]["lane"]["results"])
        searched = checking.asked(f"{address}/{path.stem}/passages.json?_search=a&_size=0")
    wanted = sum(1 for _ in held.rows.read("links.jsonl"))
    faults = [] if found == wanted else [f"{found} links of {wanted}"]
    return f"datasette, {searched['filtered_table_rows_count']} hits for 'a'", faults


CHECKS: dict[str, Check] = {
    "web-annotation": annotations, "skos": codebook, "csv": package, "parquet": parquet, "xlsx": sheets,
    "sqlite": database,
}  # fmt: skip


def came_back(name: str, path: Path, held: Source) -> str:
    """How much of the run came back."""
    if name == "skos":
        return "codebook, same digest" if read_program(path).digest == PROGRAM.digest else "another codebook"
    read = FORMATS[name].read
    if read is None:
        return ""
    links = {row["link_id"]: row for row in read_rows(held.folder / "links.jsonl")}
    claims = [claim for claim in read(path, Back(unchanged=True)) if claim.item_id]
    if not claims:
        return "nobody labelled yet"
    kept = ("document_id", "target", "start", "end", "quote")
    same = sum(all(getattr(c, field) == links[c.item_id][field] for field in kept) for c in claims)
    whole = sum({**c.row, "state": None} == {**links[c.item_id], "state": None} for c in claims)
    return f"{whole or same} of {len(links)} links" + ("" if whole else " (place, quote, target)")


def row_of(name: str, held: Source, folder: Path) -> tuple[Any, ...]:
    path, clock = folder / f"{name}{FORMATS[name].suffix}", time.perf_counter()
    files = FORMATS[name].write(held, path)
    seconds = time.perf_counter() - clock
    by, faults = CHECKS.get(name, lambda *_: ("", []))(path, held)
    size = sum(file.stat().st_size for file in files) // 1024
    said = "; ".join(faults[:3]) or (0 if by else "")
    return name, len(files), size, f"{seconds:.2f}", by, said, came_back(name, path, held)


if __name__ == "__main__":
    run = source(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as work:
        print_table(HEADS, [row_of(name, replace(run), Path(work)) for name in FORMATS], f"{sys.argv[1]}")
