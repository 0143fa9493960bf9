"""The command line: help with examples, results on standard output, errors with a next step, exit codes."""

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from test_program import as_text

from nlp import __version__, learners
from nlp.cli import main, options
from nlp.program import LANGUAGES, load_program
from nlp.settings import data_root
from tests.hashed import TRAINING

COMMANDS = {
    "map": ["map"], "show": ["show"], "extract": ["extract"], "check": ["check"], "evaluate": ["evaluate"],
    "train": ["train"],
    "program show": ["program", "show"], "program check": ["program", "check"],
    "program import": ["program", "import"], "program export": ["program", "export"],
}  # fmt: skip

RECIPE = Path(__file__).resolve().parent / "hash.yaml"


class Said(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def evmap(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], evmap_home: Path) -> Command:
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: object, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["evmap", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return call


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example(name: str, evmap: Command):
    said = evmap(*COMMANDS[name], "--help")
    assert said.code == 0
    assert f"evmap {name}" in said.out.split("Example", 1)[1]
    assert said.err == ""


def test_help_lists_every_command(evmap: Command):
    said = evmap("-h")
    assert all(words[0] in said.out for words in COMMANDS.values())
    assert "evmap map FOLDER -o OUT" in said.out


def test_version(evmap: Command):
    assert evmap("--version") == Said(0, f"evmap {__version__}\n", "")


@pytest.mark.parametrize("words", [["fly"], ["map"], ["map", "x", "--no-such-option"], ["show"]])
def test_bad_usage_is_two(words: list[str], evmap: Command):
    said = evmap(*words)
    assert said.code == 2
    assert "Usage" in said.err
    assert "Traceback" not in said.err


# --- program


def test_program_show(evmap: Command):
    said = evmap("program", "show", "--language", "es")
    program = load_program()
    assert said.code == 0
    assert all(label.title["es"] in said.out for label in (program.objectives[0], program.activities[-1]))
    rows = json.loads(evmap("program", "show", "--json").out)
    assert [row[0] for row in rows] == list(program.targets)


def test_program_show_one_label(evmap: Command):
    label = load_program().labels["activity:54"]
    said = evmap("program", "show", "activity:54", "-l", "pt").out
    assert label.title["pt"] in said and label.counts["pt"] in said
    assert "primary: objective:" in said
    assert "not imported. Run: evmap program import FILE" in said
    assert json.loads(evmap("program", "show", "activity:54", "--json").out)["official"] is None


def test_program_check(evmap: Command):
    said = evmap("program", "check")
    assert said.out.startswith("20 objectives, 100 activities, ")
    assert load_program().digest in said.out


def test_program_import_shows_the_wording_from_then_on(evmap: Command, evmap_home: Path, tmp_path: Path):
    source = tmp_path / "program.txt"
    source.write_bytes(as_text(load_program()))
    said = evmap("program", "import", source)
    assert (said.code, said.err) == (0, "")
    assert "20 objectives and 100 activities" in said.out
    assert str(evmap_home) in said.out
    assert "Own words: " in evmap("program", "show", "objective:3").out.split("Official wording:")[1]
    assert "imported from" in evmap("program", "check").out


def test_program_import_of_something_else(evmap: Command, evmap_home: Path, tmp_path: Path):
    source = tmp_path / "notes.txt"
    source.write_text("1. Lamps\n\n2. Oil\n")
    said = evmap("program", "import", source)
    assert said.code == 2
    assert said.err.startswith(f"evmap: {source}: 20 objectives and 100 activities were not found in it\n       Give ")
    assert not (evmap_home / "official.json").exists()


def test_program_export(evmap: Command, tmp_path: Path):
    assert evmap("program", "export", tmp_path / "codebook.json").code == 0
    written = json.loads((tmp_path / "codebook.json").read_text("utf-8"))
    assert written == json.loads(evmap("program", "export").out)
    assert len(written["activities"]) == 100


# --- map, show, check


@pytest.fixture
def report(tmp_path: Path, annotated_texts: list[str]) -> Path:
    path = tmp_path / "in" / "report.txt"
    path.parent.mkdir()
    path.write_text("\n\n".join(["# Report on lamps", *annotated_texts[:5]]), "utf-8")
    return path


def test_map_show_check(evmap: Command, tiny_environment: Path, report: Path, tmp_path: Path):
    out = tmp_path / "out"
    said = evmap("map", report.parent, "-o", out, "--json")
    summary = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert summary["counts"]["statuses"] == {"ok": 1}
    assert summary["problems"] == []
    links = json.loads(evmap("show", out, "--json").out)
    assert len(links) == summary["counts"]["links"] > 0
    target = links[0]["target"]
    shown = evmap("show", out, "--target", target, "--limit", 1).out
    assert "report.txt" in shown and target in shown and "“" in shown
    assert evmap("show", out, "--document", "no such name").out.strip() == "no link there"
    checked = evmap("check", out)
    assert (checked.code, checked.out.rstrip().endswith("0 breaks")) == (0, True)
    rows = (out / "links.jsonl").read_text("utf-8")
    (out / "links.jsonl").write_text(rows.replace('"start":', '"start":1', 1), "utf-8")
    assert evmap("check", out).code == 3
    assert any(json.loads(evmap("check", out, "--json").out).values())


def test_map_of_files_that_cannot_all_be_read(evmap: Command, tiny_environment: Path, report: Path, tmp_path: Path):
    (report.parent / "empty [bold].pdf").touch()
    listed = f"{report}\n{report.parent / 'empty [bold].pdf'}\n\n{tmp_path / 'gone.txt'}\n"
    said = evmap("map", "-", "-o", tmp_path / "out", "--verbose", stdin=listed)
    assert said.code == 3
    assert "3 inputs, 1 documents" in said.out and "2 not read whole" in said.out
    assert "empty [bold].pdf" in said.out and "get a fresh copy" in said.out
    told = [line.split()[0] for line in said.err.splitlines()]  # as they are done
    assert sorted(told) == ["corrupt", "io_error", "ok"]
    assert str(tmp_path / "out" / "report.html") in "".join(said.out.split("\n"))


def test_quiet_says_nothing(evmap: Command, tiny_environment: Path, report: Path, tmp_path: Path):
    assert evmap("map", report, "-o", tmp_path / "out", "-q") == Said(0, "", "")


def test_errors_name_the_thing_the_reason_and_the_next_step(
    evmap: Command, tiny_environment: Path, report: Path, tmp_path: Path
):
    said = evmap("map", report.parent, "-o", report.parent)
    assert said == Said(2, "", f"evmap: {report.parent}: the output folder is an input\n       Name another with -o\n")
    none = tmp_path / "none"
    said = evmap("map", report, "-o", tmp_path / "out", "--model", none)
    reason = "no model there (manifest.json is missing)"
    assert said == Said(2, "", f"evmap: {none}: {reason}\n       Run: evmap train\n")
    for words in (["show", tmp_path], ["check", tmp_path]):
        said = evmap(*words)
        assert (said.code, said.err.splitlines()[1].strip()) == (2, "Run: evmap map INPUT -o OUT")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["program", "show", "objective:21"], "no such target"),
        (["program", "show", "--language", "it"], "no such language"),
        (["map", TRAINING, "--encoder", "word2vec"], "no such encoder"),
        (["evaluate", TRAINING.parents[1] / "corpus"], r"no *.standoff.json there"),
        (["train", "no-such-folder", "--settings", RECIPE, "--out", "never"], "missing"),
        (["program", "import", "no-such-file.txt"], "no such file or directory"),
    ],
)
def test_what_the_user_can_mend_is_two(words: list[str], reason: str, evmap: Command, in_tmp: Path):
    said = evmap(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("evmap: ")
    assert reason in said.err.splitlines()[0]
    assert said.err.splitlines()[1].startswith("       ")


def test_a_setting_of_the_wrong_type(evmap: Command, report: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_MAX_PAGES", "many")
    said = evmap("map", report)
    assert (said.code, "EVMAP_MAX_PAGES: 'many' is not of type int" in said.err) == (2, True)


def few(annotations: Path, folder: Path, documents: int) -> Path:
    """The annotations of the first documents alone."""
    folder.mkdir()
    names = ("documents", "passages", "labels")
    rows = {name: (annotations / f"{name}.jsonl").read_text("utf-8").splitlines() for name in names}
    kept_ids = [json.loads(row)["doc_id"] for row in rows["documents"][:documents]]
    for name, lines in rows.items():
        kept = [line for line in lines if name == "documents" or any(f'"{one}.' in line for one in kept_ids)]
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in kept), "utf-8")
    return folder


def test_train_writes_a_model(evmap: Command, annotations: Path, tmp_path: Path):
    folder = few(annotations, tmp_path / "few", 3)
    said = evmap(
        "train", folder, "--settings", RECIPE, "--out", tmp_path / "model", "--cache", tmp_path / "cache.sqlite"
    )
    assert said.code == 0
    assert "held-out authors" in said.out
    assert json.loads((tmp_path / "model" / "manifest.json").read_text("utf-8"))["encoder"] == "hash-1"


def test_annotations_of_one_author_train_nothing(evmap: Command, annotations: Path, tmp_path: Path):
    folder = few(annotations, tmp_path / "one", 1)
    said = evmap(
        "train", folder, "--settings", RECIPE, "--out", tmp_path / "model", "--cache", tmp_path / "cache.sqlite"
    )
    assert (said.code, "fewer than two authors" in said.err) == (2, True)
    assert not (tmp_path / "model").exists()


# --- models


def test_models_are_listed_shown_and_verified(evmap: Command, tiny_model: Path):
    said = evmap("models", "list", "--json")
    assert {"e5", "use"} == set(json.loads(said.out))
    assert "promise" in evmap("models", "show", tiny_model).out
    assert evmap("models", "verify", tiny_model).code == 0
    assert evmap("models", "verify", "e5").code == 0


def test_only_what_was_fine_tuned_has_ranges(evmap: Command, tiny_model: Path):
    said = evmap("models", "ranges", tiny_model)
    assert (said.code, "not fine-tuned" in said.err) == (2, True)


@pytest.mark.slow
def test_ranges_are_measured_again_and_the_model_stays(
    evmap: Command, annotations: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(learners, "ENOUGH", 20)
    copy = Path(shutil.copytree(data_root() / "models" / "e5", tmp_path / "model"))
    ranges = copy / "adapter" / "ranges.npz"
    ranges.unlink()
    before = (copy / "manifest.json").read_bytes()
    assert evmap("models", "ranges", copy, "--annotations", annotations).code == 0
    assert ranges.is_file() and (copy / "manifest.json").read_bytes() == before
    assert evmap("models", "verify", copy).code == 0


def test_a_changed_model_is_named(evmap: Command, tiny_model: Path, tmp_path: Path):
    copy = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (copy / "examples.jsonl").write_text("", "utf-8")
    said = evmap("models", "verify", copy)
    assert (said.code, "examples.jsonl: sha256: expected" in said.err) == (2, True)


def test_lanes_for_ones_own_tolerance(evmap: Command, tiny_model: Path, tmp_path: Path):
    said = evmap("tune", tiny_model, "--precision", "0.6", "--recall", "0.9", "-o", tmp_path / "mine")
    assert said.code == 0
    assert "minutes alone" in said.out
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text("utf-8"))
    assert manifest["promise"] == {"precision": 0.6, "recall": 0.9, "activity_recall": 0.8}
    assert evmap("models", "verify", tmp_path / "mine").code == 0
    assert evmap("tune", tiny_model, "-o", tmp_path / "mine").code == 2  # nothing is overwritten


def test_options_know_the_languages_of_the_codebook():
    assert options.LANGUAGES == LANGUAGES
