"""Open formats: independent validators and programs read what is exported, and find in it what the run says."""

import json
import math
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from nlp.cells import LONGEST
from nlp.cli import app
from nlp.errors import UsageError
from nlp.formats import FORMATS, skos, workbook
from nlp.formats.fields import ROWS, Field, reference
from nlp.formats.skos_back import read_program, write_program
from nlp.formats.source import shown
from nlp.formats.tables import VIEWS, values
from nlp.formats.web_annotation import PROPERTIES
from nlp.jsonl import read_rows
from nlp.program import load_program
from nlp.run import Order, run
from nlp.settings import Settings
from tests.formats import checking
from tests.formats.folders import PROGRAM, decided_desk, source

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("06-*.docx", "15-*.pdf")
HOSTILE = "=HYPERLINK(\"http://x\")\n\n@SUM(A1) {{7*7}} <script>alert(1)</script> \\textbf{x} & 50 % $ # _ ~ ^ 'x'"
KINDS: dict[str, Any] = {
    "string": str, "date": str, "datetime": str, "integer": int, "number": (int, float), "boolean": bool,
    "array": list, "object": dict,
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over two samples, a hostile text and a torn file."""
    folder = tmp_path_factory.mktemp("mapped")
    for pattern in SAMPLES:
        (file,) = (ROOT / "corpus" / "samples").glob(pattern)
        shutil.copy(file, folder)
    (folder / "=cmd hostile.txt").write_text(f"# {HOSTILE}\n\n" + "\n\n".join([HOSTILE] * 3), "utf-8")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7 torn")
    run(sorted(folder.glob("*.*")), folder / "out", Order(tiny_settings, workers=1))
    return folder / "out"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's export: links with their state, and decisions."""
    with decided_desk(tmp_path_factory.mktemp("decided")) as (_, out):
        return out


@pytest.fixture(params=["run", "desk"])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue("out" if request.param == "run" else "decided")


def exported(name: str, folder: Path, to: Path, suffix: str | None = None, **options: Any) -> Path:
    path = to / f"{name}{FORMATS[name].suffix if suffix is None else suffix}"
    assert all(file.is_file() for file in FORMATS[name].write(source(folder, **options), path))
    return path


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return list(read_rows(folder / f"{name}.jsonl"))


# What every file holds


@pytest.mark.parametrize("name", ["ledger.jsonl", "documents.jsonl", "passages.jsonl", "links.jsonl"])
def test_the_reference_names_every_field_of_a_real_run(name: str, out: Path):
    table, found = ROWS[name], list(read_rows(out / name))
    wanted = [field.name for field in table.fields if not field.optional]
    assert found
    for row in found:
        assert list(row) == wanted
        assert not [field for field in table.fields if field.name in row and not fits(row[field.name], field)]


@pytest.mark.parametrize("name", ["mapping.csv", "coverage.csv"])
def test_the_reference_names_every_column(name: str, out: Path):
    head = (out / name).read_text("utf-8").splitlines()[0]
    assert head.split(",") == [field.name for field in ROWS[name].fields]
    for view in ("mapping", "coverage"):
        for row in VIEWS[view].rows(source(out)):
            assert not [field for field in VIEWS[view].table.fields if not fits(row[field.name], field)]


@pytest.mark.parametrize("name", ["links.jsonl", "decisions.jsonl"])
def test_the_reference_names_every_field_of_a_desk(name: str, decided: Path):
    table, found = ROWS[name], list(read_rows(decided / name))
    assert found
    for row in found:
        assert set(row) == {field.name for field in table.fields}
        assert not [field for field in table.fields if not fits(row[field.name], field)]


def fits(value: Any, field: Field) -> bool:
    """Whether a value is of the field's type, in its range."""
    if value is None:
        return field.empty
    if field.values and value not in field.values:
        return False
    if not isinstance(value, KINDS[field.kind]) or isinstance(value, bool) != (field.kind == "boolean"):
        return False
    return field.unit != "0 to 1" or field.kind != "number" or 0 <= value <= 1


def test_a_field_that_is_not_described_is_noticed():
    probability = next(field for field in ROWS["links.jsonl"].fields if field.name == "probability")
    assert not fits("0.5", probability)
    assert not fits(1.5, probability)
    assert not fits(True, probability)
    assert {row["file"] for row in reference()} == set(ROWS)
    assert all(row["meaning"] and row["type"] in KINDS for row in reference())


# W3C Web Annotation


def test_web_annotation_in_one_file(folder: Path, tmp_path: Path):
    content = json.loads(exported("web-annotation", folder, tmp_path).read_text("utf-8"))
    assert checking.schema_faults(content) == []
    assert checking.annotation_faults(some(content)) == []
    items, links = content["first"]["items"], rows(folder, "links")
    assert content["total"] == len(items)
    items = [row for row in items if row["evmapState"] != "rejected"]
    texts = {path.stem: path.read_bytes().decode() for path in (folder / "text").iterdir()}
    for item, link in zip(items, links, strict=True):
        quoted, placed = item["target"]["selector"][:2]
        text = texts[link["document_id"]]
        assert text[placed["start"] : placed["end"]] == quoted["exact"] == link["quote"]
        assert item["body"][0]["source"] == f"urn:evmap:{link['target']}"
        assert item["target"]["source"]["id"] == f"nih:sha-256;{link['document_id']}"


def some(content: dict[str, Any], most: int = 60) -> dict[str, Any]:
    """A collection with so many of its annotations, drawn from all of it."""
    items = content["first"]["items"]
    return {**content, "first": {**content["first"], "items": items[:: max(1, len(items) // most)]}}


def test_web_annotation_in_pages(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nlp.formats.web_annotation.PAGE_SIZE", 7)
    path = exported("web-annotation", folder, tmp_path, "", base="https://example.org/p/")
    collection = json.loads((path / "collection.jsonld").read_text("utf-8"))
    assert checking.schema_faults(collection) == []
    name, seen = collection["first"], []
    while name:
        page = json.loads((path / name).read_text("utf-8"))
        assert page["startIndex"] == len(seen)
        seen += page["items"]
        last, name = name, page.get("next")
    assert last == collection["last"]
    assert len(seen) == collection["total"]
    assert seen[0]["body"][0]["source"].startswith("https://example.org/p/objective:")
    kept = [row["id"].rpartition(":")[2] for row in seen if row["evmapState"] != "rejected"]
    assert kept == [row["link_id"] for row in rows(folder, "links")]


def test_the_graph_holds_what_the_file_says(decided: Path, tmp_path: Path):
    from rdflib import RDF, Literal, Namespace, URIRef

    content = json.loads(exported("web-annotation", decided, tmp_path).read_text("utf-8"))
    graph = checking.annotation_graph(content)
    oa, ours = Namespace("http://www.w3.org/ns/oa#"), Namespace("urn:evmap:terms:")
    links = rows(decided, "links")
    rejected = [row for found in source(decided).rejected.values() for row in found]
    assert rejected
    assert len(set(graph.subjects(RDF.type, oa.Annotation))) == len(links) + len(rejected)
    for link in [*links, *rejected]:
        node = URIRef(f"urn:evmap:link:{link['link_id']}")
        assert graph.value(node, ours.state) == Literal(link["state"])
        assert (graph.value(node, oa.motivatedBy) == oa.assessing) == (link["state"] == "rejected")
        if link["probability"] is not None:  # of what an officer added and took back
            assert math.isclose(float(graph.value(node, ours.probability)), link["probability"])
    used = {key for item in content["first"]["items"] for key in {**item, **item["target"]}}
    standard = {"id", "type", "motivation", "generator", "creator", "created", "body", "target", "source", "selector"}
    assert used - standard <= set(PROPERTIES), "every property of ours is described"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda row: row.pop("target"), "target"),
        (lambda row: row["target"]["selector"][0].pop("exact"), "exact"),
        (lambda row: row["target"]["selector"][1].update(start=9, end=3), "end"),
        (lambda row: row.update(motivation="guessing"), "motivation"),
        (lambda row: row["target"]["source"].update(id="no iri"), "iri"),
    ],
)
def test_the_validators_find_what_is_wrong(change: Any, fault: str, decided: Path, tmp_path: Path):
    content = json.loads(exported("web-annotation", decided, tmp_path).read_text("utf-8"))
    content["first"]["items"] = content["first"]["items"][:3]
    assert not checking.schema_faults(content) and not checking.annotation_faults(content)
    change(content["first"]["items"][0])
    assert checking.schema_faults(content) or checking.annotation_faults(content), fault


# SKOS


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld"])
@pytest.mark.parametrize("base", ["urn:evmap:", "https://example.org/program#"])
def test_skos_is_valid_and_comes_back_whole(suffix: str, base: str, decided: Path, tmp_path: Path):
    path = exported("skos", decided, tmp_path, suffix, base=base)
    back = read_program(path)
    assert back == PROGRAM
    assert back.digest == PROGRAM.digest
    write_program(back, tmp_path / "codebook")
    assert load_program(tmp_path / "codebook").digest == PROGRAM.digest
    if base.startswith("urn"):
        assert checking.skos_faults(path) == []


def test_skos_says_what_the_codebook_says():
    from rdflib import SKOS, Literal, URIRef

    graph = skos.graph(PROGRAM, "urn:evmap:")
    for target, label in PROGRAM.labels.items():
        node = URIRef(f"urn:evmap:{target}")
        assert {(word.language, str(word)) for word in graph.objects(node, SKOS.prefLabel)} == set(label.title.items())
        above = {str(parent).removeprefix("urn:evmap:") for parent in graph.objects(node, SKOS.broader)}
        assert above == set(PROGRAM.parents(target))
        for code, terms in label.terms.items():
            assert all(
                (node, SKOS.altLabel, Literal(term, lang=code)) in graph for term in terms if term != label.title[code]
            )


@pytest.mark.parametrize("what", ["S9", "S13", "S14", "S27", "S46"])
def test_the_shapes_find_a_codebook_that_breaks_skos(what: str):
    from rdflib import RDF, SKOS, Literal, URIRef

    graph = skos.graph(PROGRAM, "urn:evmap:")
    node, parent = URIRef("urn:evmap:activity:1"), URIRef("urn:evmap:objective:10")
    title = Literal(PROGRAM.labels["activity:1"].title["en"], lang="en")
    broken = {
        "S9": (URIRef("urn:evmap:codebook"), RDF.type, SKOS.Concept),
        "S13": (node, SKOS.altLabel, title),
        "S14": (node, SKOS.prefLabel, Literal("another", lang="en")),
        "S27": (node, SKOS.related, parent),
        "S46": (node, SKOS.exactMatch, parent),
    }
    graph.add(broken[what])
    graph.add((node, SKOS.broadMatch, parent))
    assert checking.shape_faults(graph, checking.SKOS_SHAPES)


# Tables


def test_csv_is_a_valid_data_package(folder: Path, tmp_path: Path):
    path = exported("csv", folder, tmp_path)
    assert checking.package_faults(path) == []
    described = json.loads((path / "datapackage.json").read_text("utf-8"))
    links = next(row for row in described["resources"] if row["name"] == "links")
    assert links["rows"] == len(rows(folder, "links"))
    text = (path / "links.csv").read_text("utf-8")
    (path / "links.csv").write_text(text.replace("objective:", "aim:", 1), "utf-8")
    assert checking.package_faults(path), "a link to no label of the codebook"


def test_parquet_has_the_types_that_the_package_names(folder: Path, tmp_path: Path):
    import pyarrow.parquet as pq

    path = exported("parquet", folder, tmp_path)
    kinds = {"int64": "integer", "double": "number", "bool": "boolean"}
    for resource in json.loads((path / "datapackage.json").read_text("utf-8"))["resources"]:
        table = pq.read_table(path / resource["path"])
        assert table.num_rows == resource["rows"]
        for field, described in zip(table.schema, resource["schema"]["fields"], strict=True):
            assert field.name == described["name"]
            assert kinds.get(str(field.type), "string") == described["type"] or described["type"] in (
                "array", "object", "date", "datetime",
            )  # fmt: skip
    passages = pq.read_table(path / "passages.parquet").to_pylist()
    texts = {file.stem: file.read_bytes().decode() for file in (folder / "text").iterdir()}
    assert all(texts[row["document_id"]][row["start"] : row["end"]] == row["text"] for row in passages)
    kept = {
        (row["passage_id"], row["target"]): row["probability"]
        for row in pq.read_table(path / "probabilities.parquet").to_pylist()
    }
    for row in rows(folder, "passages"):
        assert all(kept.get((row["passage_id"], t), 0) == value for t, value in row["probabilities"].items())


def test_sqlite_holds_together(folder: Path, tmp_path: Path):
    path = exported("sqlite", folder, tmp_path)
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for name in ("documents", "passages", "links"):
            assert base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] == len(rows(folder, name))


@pytest.mark.skipif(find_spec("datasette") is None, reason="datasette is not installed")
def test_datasette_opens_it_with_facets_and_search(out: Path, tmp_path: Path):
    path = exported("sqlite", out, tmp_path)
    links = rows(out, "links")
    words = next(word for word in links[0]["quote"].split() if len(word) > 6 and word.isalpha())
    with checking.datasette(path) as address:
        base = f"{address}/{path.stem}"
        found = checking.asked(f"{base}/links.json?_shape=array&_size=1")
        assert found[0]["link_id"] in {row["link_id"] for row in links}
        answer = checking.asked(f"{base}/links.json?_facet=lane&_size=0")
        counts = {row["value"]: row["count"] for row in answer["facet_results"]["lane"]["results"]}
        assert sum(counts.values()) == len(links)
        wanted = f"_search={quote(words)}&link_id={links[0]['link_id']}"
        assert len(checking.asked(f"{base}/links.json?{wanted}&_shape=array")) == 1
        assert not checking.asked(f"{base}/links.json?{wanted}+nowherewritten&_shape=array")
        about = checking.asked(f"{address}/-/metadata.json")["databases"][path.stem]["tables"]["links"]
        assert about["facets"] and about["columns"]["probability"].startswith("calibrated")
        target = checking.asked(f"{base}/codebook/objective:16.json?_shape=array")
        assert target[0]["title_es"] == PROGRAM.labels["objective:16"].title["es"]


@pytest.mark.skipif(not checking.has_calc(), reason="LibreOffice Calc is not installed")
def test_libreoffice_reads_every_cell(folder: Path, tmp_path: Path):
    path = exported("xlsx", folder, tmp_path)
    found = checking.sheets(path, tmp_path / "sheets")
    assert set(found) == {"about", *(name for name, view in VIEWS.items() if not view.large)}
    for name, view in VIEWS.items():
        if view.large:
            continue
        head, *cells = found[name]
        assert head == [field.name for field in view.table.fields]
        wanted = [values(view.table, row) for row in view.rows(source(folder))]
        assert len(cells) == len(wanted)
        assert not [
            pair
            for row in zip(cells, wanted, strict=True)
            for pair in zip(*row, strict=True)
            if not checking.same(*pair)
        ]


def test_a_workbook_says_what_it_had_to_cut_and_goes_on_in_a_next_sheet(decided: Path, tmp_path: Path):
    from openpyxl import load_workbook

    folder = tmp_path / "out"
    shutil.copytree(decided, folder)
    long = "é" * (LONGEST + 1)
    documents = rows(folder, "documents")
    documents[0]["title"] = long
    (folder / "documents.jsonl").write_text("".join(json.dumps(row) + "\n" for row in documents), "utf-8")
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    from nlp.seal import seal

    manifest["files"] = seal({path.name: path for path in folder.iterdir() if path.name != "run.json"})
    (folder / "run.json").write_text(json.dumps(manifest), "utf-8")
    workbook.write(source(folder), tmp_path / "w.xlsx", most=20)
    book = load_workbook(tmp_path / "w.xlsx", read_only=True)
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["documents"].startswith("2 rows.") and "1 cells were longer" in about["documents"]
    passages = [
        row
        for name in book.sheetnames
        if name.startswith("passages")
        for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert [row[0] for row in passages] == [row["passage_id"] for row in rows(folder, "passages")]
    assert "passages (2)" in book.sheetnames


# References, research objects


def test_every_cited_document_has_an_entry(folder: Path, tmp_path: Path):
    entries = json.loads(exported("csl", folder, tmp_path).read_text("utf-8"))
    text = exported("bibtex", folder, tmp_path).read_text("utf-8")
    cited = {
        row["document_id"]
        for row in rows(folder, "links")
        if row.get("state") in (None, "suggested", "confirmed", "corrected")
    }
    assert {entry["note"].rpartition(";")[2] for entry in entries} == cited
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert text.count("@techreport{") == len(entries)
    assert all(f"@techreport{{{entry['id']}," in text for entry in entries)
    for entry in text.split("@techreport")[1:]:
        bare = entry.replace("\\{", "").replace("\\}", "")
        assert bare.count("{") == bare.count("}"), "what a title says closes nothing"


def test_a_crate_names_every_file_with_its_digest(folder: Path, tmp_path: Path):
    import hashlib

    crate = exported("ro-crate", folder, tmp_path)
    graph = {row["@id"]: row for row in json.loads((crate / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]}
    parts = {row["@id"].rstrip("/") for row in graph["./"]["hasPart"]}
    assert parts == {path.name for path in crate.iterdir()} - {"ro-crate-metadata.json"}
    for name in parts:
        node = graph.get(name) or graph[f"{name}/"]
        if "sha256" in node:
            assert node["sha256"] == hashlib.sha256((crate / name).read_bytes()).hexdigest()
    links = [row["@id"] for node in graph.values() for value in node.values() for row in refs(value)]
    assert {name for name in links if not name.startswith("https://w3id.org")} <= set(graph), "nothing points nowhere"
    assert {row["document_id"] for row in rows(folder, "documents")} == {
        name.rpartition(";")[2] for name in graph if name.startswith("nih:")
    }


def refs(value: Any) -> Iterator[dict[str, str]]:
    yield from (row for row in (value if isinstance(value, list) else [value]) if isinstance(row, dict))


def test_a_crate_is_laid_into_the_run(decided: Path, tmp_path: Path):
    shutil.copytree(decided, tmp_path / "out")
    assert FORMATS["ro-crate"].write(source(tmp_path / "out"), tmp_path / "out") == [
        tmp_path / "out" / "ro-crate-metadata.json"
    ]


# All of them


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_folder_of_the_machine_goes_out_and_the_bytes_are_the_same_again(name: str, out: Path, tmp_path: Path):
    assert rows(out, "ledger")[0]["input"].startswith(str(out.parent))
    made = [exported(name, out, tmp_path / str(number)) for number in range(2)]
    contents = []
    for path in made:
        files = sorted(file for file in [path, *path.rglob("*")] if file.is_file())
        contents.append([file.read_bytes() for file in files])
    if name != "xlsx":  # a workbook bears the time of its making
        assert contents[0] == contents[1]
    if name != "ro-crate":  # holds the run's own files as they are
        assert not [content for content in contents[0] if str(out.parent).encode() in content]
    assert not list(tmp_path.rglob("*.draft")), "no draft stays"


def test_only_the_lanes_asked_for_and_what_was_decided(decided: Path, tmp_path: Path):
    path = exported("web-annotation", decided, tmp_path, lanes=("suggested",))
    items = json.loads(path.read_text("utf-8"))["first"]["items"]
    wanted = [row for row in rows(decided, "links") if row["lane"] == "suggested" or row["state"] != "suggested"]
    assert len([row for row in items if row["evmapState"] != "rejected"]) == len(wanted) < len(rows(decided, "links"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("in/a b.pdf", "in/a b.pdf"),
        ("/home/x/a.pdf", "a.pdf"),
        ("C:\\x\\a.pdf", "a.pdf"),
        ("../x/a.pdf", "a.pdf"),
        ("-", "-"),
    ],
)
def test_names_of_inputs_lose_their_folders(name: str, kept: str):
    assert shown(name) == kept


def test_a_folder_with_something_in_it_is_left_alone(decided: Path, tmp_path: Path):
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        exported("csv", decided, tmp_path)
    assert [path.name for path in (tmp_path / "csv").iterdir()] == ["mine.txt"]


def test_a_run_that_was_changed_is_refused(decided: Path, tmp_path: Path):
    shutil.copytree(decided, tmp_path / "out")
    (tmp_path / "out" / "links.jsonl").write_text("")
    with pytest.raises(UsageError, match=r"links.jsonl is not as the run left it"):
        source(tmp_path / "out")


def test_the_command_exports_and_lists(decided: Path, tmp_path: Path):
    command = [
        "export",
        str(decided),
        "--format",
        "skos",
        "-o",
        str(tmp_path / "c.ttl"),
        "--base",
        "https://example.org/",
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert read_program(tmp_path / "c.ttl").digest == PROGRAM.digest
    listed = CliRunner().invoke(app, ["export", str(decided), "-f", "list"])
    assert all(name in listed.output for name in FORMATS)
    assert CliRunner().invoke(app, ["export", str(decided), "-f", "nothing", "-o", "x"]).exit_code != 0
