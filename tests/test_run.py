"""A run over good and bad files: one ledger row an input, everything else mapped, the same bytes again."""

import csv
import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import fixtures
import numpy as np
import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp import pipeline
from nlp.classify.familiar import KnownWords, hashes
from nlp.contract import check_output, digest_of, load_output
from nlp.encode import transformer, universal
from nlp.errors import UnreadableDocument, UsageError
from nlp.inputs import find_inputs
from nlp.mapping import Mapping
from nlp.pipeline import Mapper, map_file, map_many, read_structured
from nlp.program import LANGUAGES, load_program
from nlp.run import Order, run
from nlp.settings import Settings

HOSTILE = '<script>alert("x")</script> <img src=x onerror=alert(1)> {{7*7}} =HYPERLINK("http://x") \u202eback'
NAMES = (
    "=cmd|' calc'!A1.txt", "-o.txt", "line\nbreak.txt", "<img src=x onerror=alert(1)>.txt", "quote\"'.txt", "🙂 é.txt",
    "semi;colon & $(touch pwned) `touch pwned`.txt", "%s%n{0}.txt", "n" * 200 + ".txt", "no suffix",
)  # fmt: skip
STATUSES = {
    "good.txt": "ok", "good.html": "ok", "good.docx": "ok", "good.pdf": "ok", "hostile.txt": "ok",
    "a word in.pdf": "ok", "empty.pdf": "corrupt", "torn.pdf": "corrupt", "torn.docx": "corrupt",
    "locked.pdf": "encrypted", "noise.pdf": "unsupported", "noise.txt": "unsupported", "scan.pdf": "no_text",
    "blank.txt": "no_text", "folder.pdf": "io_error", "loop.txt": "io_error", "dangling.pdf": "io_error",
    "missing.txt": "io_error", "twin 1.txt": "ok", "twin 2.html": "ok", "sub/twin 3.txt": "ok",
}  # fmt: skip


def prose(texts: list[str]) -> list[str]:
    return [f"{text} {HOSTILE}" if number == 1 else text for number, text in enumerate(texts)]


def write_good(folder: Path, texts: list[str]) -> None:
    paragraphs = prose(texts)
    (folder / "good.txt").write_text("\n\n".join(["# Report of the IOM on its work", *paragraphs]), "utf-8")
    (folder / "hostile.txt").write_text("\n\n".join([f"# {HOSTILE}", texts[0], HOSTILE, "x" * 5000]), "utf-8")
    tagged = "".join(f"<p>{text.replace('<', '&lt;')}</p>" for text in paragraphs)
    page = f"<html><head><title>Report {HOSTILE.replace('<', '&lt;')}</title></head><body>{tagged}</body></html>"
    (folder / "good.html").write_text(page, "utf-8")
    (folder / "a word in.pdf").write_text(f"<html><body><h1>Other suffix</h1>{tagged}</body></html>", "utf-8")
    document = WordDocument()
    document.add_heading("Report", 1)
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(folder / "good.docx"))
    lines = [words[i : i + 80] for words in texts[:4] for i in range(0, len(words), 80)]
    (folder / "good.pdf").write_bytes(fixtures.paged_pdf([fixtures.say(*lines), fixtures.say("The end of it.")]))


def write_bad(folder: Path) -> None:
    pdf, noise = fixtures.pdf_file(), random.Random(4).randbytes(4000)
    (folder / "empty.pdf").touch()
    (folder / "torn.pdf").write_bytes(pdf[: len(pdf) // 3])
    (folder / "torn.docx").write_bytes(fixtures.word_file()[:3000])
    (folder / "locked.pdf").write_bytes(fixtures.paged_pdf([fixtures.say("Secret lamp.")], password="oil"))
    (folder / "noise.pdf").write_bytes(noise)
    (folder / "noise.txt").write_bytes(noise)
    (folder / "scan.pdf").write_bytes(fixtures.paged_pdf([fixtures.scan]))
    (folder / "blank.txt").write_text(" \n\n-- \n")
    (folder / "folder.pdf").mkdir()
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "dangling.pdf").symlink_to(folder / "nowhere.pdf")


@pytest.fixture(scope="module")
def inputs(annotated_texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_good(folder, annotated_texts[:12])
    write_bad(folder)
    (folder / "sub").mkdir()
    for name in ("twin 1.txt", "twin 2.html", "sub/twin 3.txt"):
        (folder / name).write_text(f"# A twin\n\n{annotated_texts[13]}", "utf-8")
    for name in NAMES:
        (folder / name).write_text(f"# {name}\n\n{annotated_texts[14]}", "utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/not \xff utf-8.txt")).write_text(f"Lamps.\n\n{annotated_texts[15]}")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "secret.txt").write_text("Nobody asks for this.")
    return folder


@pytest.fixture(scope="module")
def paths(inputs: Path) -> list[Path]:
    return find_inputs([str(inputs), str(inputs / "missing.txt")])


KNOWN = KnownWords(
    {code: np.array(sorted(hashes("The consulate helps workers who return home")), np.uint32) for code in LANGUAGES},
    dict.fromkeys(LANGUAGES, 0.05),
)


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    found = sorted(folder.rglob("*"))
    return {os.fsencode(path).hex(): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found}


@pytest.fixture(scope="module")
def out(inputs: Path, paths: list[Path], tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, elsewhere = tmp_path_factory.mktemp("run") / "new" / "out", tmp_path_factory.mktemp("elsewhere")
    before = tree(inputs)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(elsewhere)
        for name in ("TMPDIR", "HOME", "EVMAP_HOME", "EVMAP_CACHE", "XDG_CACHE_HOME"):
            patch.setenv(name, str(elsewhere))
        run(paths, folder, Order(tiny_settings))
    assert tree(elsewhere) == {}, "something was written outside the output folder"
    assert tree(inputs) == before, "the inputs were changed"
    return folder


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    with (out / name).open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def ledger(out: Path, inputs: Path) -> dict[str, dict[str, Any]]:
    return {row["input"].removeprefix(f"{inputs}/"): row for row in rows(out, "ledger.jsonl")}


def test_one_ledger_row_an_input_in_order(out: Path, paths: list[Path]):
    found = [row["input"] for row in rows(out, "ledger.jsonl")]
    assert len(found) == len(set(found)) == len(paths) == len(STATUSES) + len(NAMES) + 1
    assert [name for name in found if "\\xff" not in name] == [str(path) for path in paths if "\udcff" not in str(path)]
    assert sum("\\xff" in name for name in found) == 1


@pytest.mark.parametrize("name", STATUSES)
def test_the_status_of_each_input(name: str, out: Path, inputs: Path):
    row = ledger(out, inputs)[name]
    assert row["status"] == STATUSES[name], row["reason"]
    if row["status"] == "ok":
        assert row["reason"] is None
    else:
        assert len(row["reason"].split(". ")) >= 2, "a reason is followed by what to do next"
        nothing = row["status"] == "io_error" or name == "empty.pdf"
        assert (row["document_id"] is None) == nothing, "what could be opened has its hash"
        assert row["links"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_like_others(name: str, out: Path, inputs: Path):
    assert ledger(out, inputs)[name]["status"] == "ok"
    assert not list(out.parent.parent.rglob("pwned"))


def test_a_repeated_document_is_mapped_once(out: Path, inputs: Path):
    found = ledger(out, inputs)
    twins = [found[name] for name in ("sub/twin 3.txt", "twin 1.txt", "twin 2.html")]
    assert len({row["document_id"] for row in twins}) == 1
    assert [row["same_as"] for row in twins] == [None, twins[0]["input"], twins[0]["input"]]
    (document,) = [row for row in rows(out, "documents.jsonl") if row["document_id"] == twins[0]["document_id"]]
    assert document["inputs"] == [row["input"] for row in twins]


def test_the_promises_hold(out: Path):
    output = load_output(out)
    assert {promise: found for promise, found in check_output(output, load_program()).items() if found} == {}
    assert len(output.links) > 20
    assert {link["lane"] for link in output.links} <= {"suggested", "review"}


def test_the_check_sees_a_broken_promise(out: Path, tmp_path: Path):
    output = load_output(out)
    link = output.links[0]
    link["quote"] += "?"
    output.ledger.pop()
    broken = {promise for promise, found in check_output(output, load_program()).items() if found}
    assert any("slice" in promise for promise in broken)
    assert any("ledger row" in promise for promise in broken)
    with pytest.raises(UsageError, match=r"ledger\.jsonl.*missing"):
        load_output(tmp_path)


def test_links_say_why(out: Path):
    for link in rows(out, "links.jsonl"):
        why = link["why"]
        assert why["sentences"]
        assert (why["sentences"][0]["start"], why["sentences"][0]["end"]) == (link["start"], link["end"])
        assert all(-1 <= row["drop"] <= 1 for row in why["sentences"])
        assert len(why["examples"]) <= 3


def test_coverage_names_all_targets_of_all_inputs(out: Path, inputs: Path):
    with (out / "coverage.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    states = {row["status"]: set() for row in table}
    for row in table:
        states[row["status"]].add(row["state"])
    assert states["encrypted"] == states["io_error"] == {"not_searchable"}
    assert states["ok"] <= {"suggested", "review", "searched_none"}
    documents = len(rows(out, "documents.jsonl"))
    failed = [row for row in rows(out, "ledger.jsonl") if row["status"] not in ("ok", "partial")]
    unread = {row["document_id"] or row["input"] for row in failed}
    assert len(table) == 120 * (documents + len(unread))


def test_no_cell_is_a_formula(out: Path):
    for name in ("mapping.csv", "coverage.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_report_page_runs_nothing_of_a_document(out: Path):
    page = (out / "report.html").read_text("utf-8")
    assert '<script>alert("x")' not in page
    assert "<img src=x" not in page


def test_the_manifest(out: Path, paths: list[Path]):
    manifest = json.loads((out / "run.json").read_text("utf-8"))
    assert manifest["counts"]["inputs"] == len(manifest["inputs"]) == len(paths)
    assert manifest["program"] == load_program().digest
    assert manifest["encoder"] == "hash-1"
    assert set(manifest["seconds"]) >= {"load", "read", "map", "total"}
    assert not list(out.rglob(".*.draft"))


def test_a_second_run_gives_the_same_bytes(out: Path, paths: list[Path], tiny_settings: Settings, tmp_path: Path):
    run(paths, tmp_path / "again", Order(tiny_settings))
    assert digest_of(tmp_path / "again") == digest_of(out)
    run(paths, tmp_path / "again", Order(tiny_settings))  # over its own output, with a warm cache
    assert digest_of(tmp_path / "again") == digest_of(out)


def test_a_run_that_is_stopped_leaves_the_last_one_whole(
    out: Path, paths: list[Path], tiny_settings: Settings, tmp_path: Path
):
    good = [path for path in paths if path.name.startswith("good")]
    run(good[:2], tmp_path, Order(tiny_settings))
    before = digest_of(tmp_path)

    def stop(row: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(good, tmp_path, Order(tiny_settings), step=stop)
    assert digest_of(tmp_path) == before
    assert not list(tmp_path.glob(".*.draft"))


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path, tiny_settings: Settings):
    path = tmp_path / "mine.txt"
    path.write_text("Lamps.")
    path.chmod(stat.S_IWUSR)
    (outcome,) = map_many([path], tiny_settings)
    assert (outcome.status, "permission" in str(outcome.reason)) == ("io_error", True)


def test_a_partial_document_says_what_is_missing(tmp_path: Path, tiny_model: Path, annotated_texts: list[str]):
    path = tmp_path / "long.txt"
    path.write_text("\n\n".join(annotated_texts), "utf-8")
    settings_ = Settings(encoder="hash", model=str(tiny_model), max_characters=3000)
    summary = run([path], tmp_path / "out", Order(settings_))
    (row,) = summary["problems"]
    assert (row["status"], row["characters"]) == ("partial", 3000)
    assert "3000" in row["reason"]


# --- what is asked of the caller


def test_an_output_folder_that_is_an_input_or_holds_one_is_refused(inputs: Path):
    for out in (inputs, inputs / "sub" / "..", inputs / "sub", inputs.parent):
        with pytest.raises(UsageError, match="the output folder"):
            find_inputs([str(inputs)], out)
    with pytest.raises(UsageError, match="holds the input"):
        find_inputs([str(inputs / "good.txt")], inputs)
    assert find_inputs([str(inputs)], inputs.parent / "out")


def test_a_path_named_twice_is_mapped_once(inputs: Path, tiny_settings: Settings, tmp_path: Path):
    run([inputs / "good.txt"] * 2, tmp_path, Order(tiny_settings))
    assert not any(check_output(load_output(tmp_path), load_program()).values())
    assert len(rows(tmp_path, "documents.jsonl")) == 1


def test_no_file_is_a_bad_use(tmp_path: Path):
    with pytest.raises(UsageError, match="no file there"):
        find_inputs([str(tmp_path)])


def test_hidden_files_are_left_out(paths: list[Path]):
    assert not [path for path in paths if path.name == "secret.txt"]


def test_an_output_folder_that_cannot_be_one(tmp_path: Path, tiny_settings: Settings, inputs: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cannot write there"):
        run([inputs / "good.txt"], tmp_path / "file", Order(tiny_settings))


# --- the mapping as an object


@pytest.fixture(scope="module")
def mapping(inputs: Path, tiny_settings: Settings) -> Mapping:
    return map_file(inputs / "good.txt", tiny_settings)


def test_a_mapping_lies_in_its_text(mapping: Mapping):
    assert mapping.links
    assert len(mapping.readings) == len(mapping.passages)
    for link in mapping.links:
        assert mapping.text[link.span.start : link.span.end] == link.quote


def test_another_cut_needs_no_model(mapping: Mapping):
    fewer, none, more = mapping.at(0.2), mapping.at(1.0), mapping.at(0.0)
    ids = [{link.link_id for link in at.links} for at in (none, fewer, more)]
    assert ids[0] <= ids[1] <= ids[2]
    assert all(link.probability >= 0.2 for link in fewer.links)
    assert len(more.links) >= len(mapping.links) > len(fewer.links)
    assert all(mapping.text[link.span.start : link.span.end] == link.quote for link in more.links)
    known = {link.link_id: link.why for link in mapping.links}
    assert all(link.why == known[link.link_id] for link in more.links if link.link_id in known)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1))
def test_no_cut_leaves_an_activity_alone(cut: float, mapping: Mapping):
    targets: dict[str, set[str]] = {}
    for link in mapping.at(cut).links:
        targets.setdefault(link.passage_id, set()).add(link.target)
    for found in targets.values():
        assert all(found & set(mapping.program.parents(t)) for t in found if t.startswith("activity"))


def test_a_mapping_as_a_table(mapping: Mapping):
    frame = mapping.to_frame()
    assert len(frame) == len(mapping.links)
    assert list(frame.columns[:4]) == ["target", "label", "probability", "lane"]
    assert len(mapping.at(1.0).to_frame()) == len(mapping.at(1.0).links)


def test_the_notebook_view_escapes_what_documents_say(mapping: Mapping):
    view = mapping.at(0.0)._repr_html_()
    assert "<script>" not in view and "<img" not in view
    assert "&lt;script&gt;" in mapping._repr_html_() + view
    assert "<mark>" in view


def test_a_library_call_that_fails_says_why(inputs: Path, tiny_settings: Settings):
    with pytest.raises(UnreadableDocument) as caught:
        map_file(inputs / "locked.pdf", tiny_settings)
    assert (caught.value.status, caught.value.subject) == ("encrypted", str(inputs / "locked.pdf"))


def test_many_files_with_one_model(inputs: Path, tiny_settings: Settings, tmp_path: Path):
    mapper = Mapper(tiny_settings, tmp_path / "cache.sqlite")
    files = [inputs / name for name in ("good.txt", "empty.pdf", "good.txt")]
    found = list(map_many(files, tiny_settings, mapper))
    mapper.close()
    assert [outcome.status for outcome in found] == ["ok", "corrupt", "ok"]
    assert found[2].mapping is None
    assert found[2].same_as == str(files[0])
    alone = Mapper(tiny_settings).map(read_structured(files[0], tiny_settings))
    assert found[0].mapping and found[0].mapping.links == alone.links


@pytest.mark.parametrize("encoder", ["hash", "use"])
def test_a_long_document_is_mapped_in_stretches_as_in_one(
    encoder: str, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    settings = tiny_settings if encoder == "hash" else Settings(encoder=encoder)
    whole = read_structured(Path("corpus/samples/04-ngo-shadow-report-belize-en.txt"), settings)
    mapper, found = Mapper(settings), {}
    for most in (10**9, 1500, 1):
        monkeypatch.setattr(pipeline, "STRETCH", most)
        found[most] = mapper.map(whole)
    assert found[1].links and found[1].links == found[1500].links == found[10**9].links
    assert found[1].readings == found[1500].readings == found[10**9].readings


def test_what_an_encoder_made_of_a_stretch_is_kept_until_its_sentences_were_weighed():
    assert transformer.TOKENS_KEPT > pipeline.STRETCH / 2 and universal.STATES_KEPT > pipeline.STRETCH / 3


SCRIPT = """
import sys
import nlp

print("script starts")
for outcome in nlp.map_many([sys.argv[1]]):
    print(outcome.status, outcome.reason)
"""


@pytest.mark.parametrize("given", ["file", "stdin"])
def test_map_many_in_a_script_without_a_guard(given: str, tmp_path: Path, tiny_model: Path):
    script, report = tmp_path / "script.py", tmp_path / "report.txt"
    script.write_text(SCRIPT, "utf-8")
    report.write_text("The consul visited forty detained workers in Tapachula.\n", "utf-8")
    result = subprocess.run(
        [sys.executable, str(script) if given == "file" else "-", str(report)],
        input=SCRIPT if given == "stdin" else None,
        env={**os.environ, "EVMAP_MODEL": str(tiny_model)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.stdout.splitlines() == ["script starts", "ok None"], result.stderr


def test_a_document_unlike_the_annotated_ones_is_named(tmp_path: Path, tiny_model: Path):
    model = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    KNOWN.save(model / "words.npz")
    manifest = json.loads((model / "manifest.json").read_text("utf-8"))
    manifest["files"]["words.npz"] = hashlib.sha256((model / "words.npz").read_bytes()).hexdigest()
    (model / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "unlike.txt").write_text(
        "The kernel loads drivers and modules before sockets.\n\n" * 40, "utf-8"
    )
    (tmp_path / "in" / "like.txt").write_text("The consulate helps workers who return home.\n\n" * 60, "utf-8")
    order = Order(Settings(encoder="hash", model=str(model)))
    summary = run(find_inputs([str(tmp_path / "in")]), tmp_path / "out", order)
    assert [Path(row["input"]).name for row in summary["strange"]] == ["unlike.txt"]
    told = {row["title"]: row["strange"] for row in rows(tmp_path / "out", "documents.jsonl")}
    assert sorted(told.values()) == [False, True]


def test_outputs_that_stand_are_left_alone_unless_one_is_torn(
    tmp_path: Path, tiny_settings: Settings, annotated_texts: list[str]
):
    paths, out = [tmp_path / "one.txt", tmp_path / "two.txt", tmp_path / "empty.pdf"], tmp_path / "out"
    for path, text in zip(paths, annotated_texts, strict=False):
        path.write_text(f"# Report\n\n{text}", "utf-8")
    paths[2].write_bytes(b"")  # tried again each time
    first = run(paths, out, Order(tiny_settings, workers=1))
    before = tree(out)
    (out / ".links.jsonl.draft").write_text("of a closing that was killed", "utf-8")
    again = run(paths, out, Order(tiny_settings, workers=1))
    assert (first["unchanged"], again["unchanged"], again["done_before"]) == (False, True, 2)
    assert again["files"] == first["files"]
    written = [os.fsencode(out / name).hex() for name in ("ledger.jsonl", "links.jsonl", "run.json", "report.html")]
    assert {name: tree(out)[name] for name in written} == {name: before[name] for name in written}
    assert not list(out.glob(".*.draft"))
    (out / "links.jsonl").write_text("torn", "utf-8")
    mended = run(paths, out, Order(tiny_settings, workers=1))
    assert not mended["unchanged"]
    assert mended["files"] == first["files"]
    paths[2].write_bytes(b"damaged in another way")
    assert not run(paths, out, Order(tiny_settings, workers=1))["unchanged"]
    assert not run(paths[:1], out, Order(tiny_settings, workers=1))["unchanged"]
