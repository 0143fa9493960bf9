"""Independent readers and validators for what is exported; each says what is wrong, [] for nothing."""

import csv
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.formats.standards import ANNO, ANNOTATION_SHAPES, COLLECTION, PAGE, SKOS_SHAPES

ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"  # values, not as shown


def schema_faults(content: Any) -> list[str]:
    """What the model of Web Annotation has against a collection or page (jsonschema)."""
    from jsonschema import Draft202012Validator

    schema = COLLECTION if content["type"] == "AnnotationCollection" else PAGE
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(content)]


def annotation_graph(content: dict[str, Any]) -> Any:
    """The graph that an independent reader makes of our JSON-LD, its remote context restated."""
    from rdflib import Graph

    ours = [part for part in content["@context"] if isinstance(part, dict)]
    return Graph().parse(data=json.dumps({**content, "@context": [ANNO, *ours]}), format="json-ld")


def annotation_faults(content: dict[str, Any]) -> list[str]:
    """What the vocabulary of Web Annotation has against it (pyshacl)."""
    return shape_faults(annotation_graph(content), ANNOTATION_SHAPES)


def skos_faults(path: Path) -> list[str]:
    """What SKOS has against a codebook (pyshacl)."""
    from rdflib import Graph

    form = "turtle" if path.suffix == ".ttl" else "json-ld"
    return shape_faults(Graph().parse(path, format=form), SKOS_SHAPES)


def shape_faults(graph: Any, shapes: str) -> list[str]:
    from pyshacl import validate
    from rdflib import SH

    conforms, report, _ = validate(graph, shacl_graph=shapes, shacl_graph_format="turtle")
    said = [f"{report.value(one, SH.focusNode)}: {report.value(one, SH.resultMessage)}" for one in
            report.subjects(SH.resultSeverity, None)]  # fmt: skip
    return [] if conforms else said or ["does not conform"]


def package_faults(path: Path) -> list[str]:
    """What frictionless has against a data package: types, constraints, keys, references, hashes, counts."""
    from frictionless import Package

    described = json.loads((path / "datapackage.json").read_text("utf-8"))
    report = Package.from_descriptor(described, basepath=str(path)).validate()
    return [str(row) for row in report.flatten(["type", "note"])]


def has_calc() -> bool:
    program = shutil.which("soffice")
    return bool(program) and (Path(program).resolve().parent / "libsclo.so").is_file()


def sheets(path: Path, folder: Path) -> dict[str, list[list[str]]]:
    """Every sheet of a workbook as LibreOffice reads it."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, ALL_SHEETS, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=300
    )
    found = {}
    for file in folder.glob(f"{path.stem}-*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            found[file.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(opened))
    return found


def same(cell: str, value: Any) -> bool:
    """Whether a cell as LibreOffice saves it holds a value; line ends and what XLSX cannot hold aside."""
    if value is None or isinstance(value, bool):
        return cell.lower() == ("" if value is None else str(value).lower())
    if isinstance(value, int | float):
        return math.isclose(float(cell), value, abs_tol=1e-9)
    return (
        cell.split() == "".join(mark if mark.isprintable() else " " for mark in value).split()
        or cell.split() == value.split()
    )


@contextmanager
def datasette(path: Path) -> Iterator[str]:
    """A real datasette on a database with its metadata; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    beside = path.with_suffix(".metadata.json")
    command = [sys.executable, "-m", "datasette", str(path), "--metadata", str(beside), "-p", str(port)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/-/versions.json", served)
        yield address
    finally:
        served.terminate()
        served.wait(20)


def _wait(address: str, served: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert served.poll() is None, "datasette ended"
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def asked(address: str) -> Any:
    """The JSON at an address."""
    with urlopen(address, timeout=60) as answer:
        return json.load(answer)
