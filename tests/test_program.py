"""The codebook: what breaks it is named, what does not matter does not show, the official wording is read beside it."""

import json
import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, SHARED

from nlp.errors import CodebookError, UsageError
from nlp.official import load_official, official_path, save_official
from nlp.program import LANGUAGES, Program, check_program, label_text, load_program
from nlp.program.kept import keep, kept
from nlp.readers import read, read_bytes
from nlp.settings import Settings, cache_root
from nlp.structure.official import official_wording, parse

CODEBOOK = ROOT / "corpus" / "program"
OFFICIAL = SHARED / "documents" / "AG-RES-2141-XXXV-O-05-program.txt"
HEADINGS = {
    "iacd": "Inter-American Agency for Cooperation and Development (IACD), when member states ask for it",
    "education": "Office of Education, Science, and Technology",
    "oas": "All organs and agencies of the OAS",
    "states": "OAS member states are invited to",
    "multilateral": "All multilateral organizations named here:",
    "civil_society": "Migrants and civil society organizations",
}


def edited(folder: Path, name: str, change: Callable[[Any], Any]) -> Path:
    """A copy of the codebook with one file changed."""
    copy = folder / "program"
    shutil.copytree(CODEBOOK, copy)
    path = copy / name
    rows = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump(change(rows), allow_unicode=True), "utf-8")
    return copy


def with_first(field: str, value: Any) -> Callable[[Any], Any]:
    return lambda rows: [{**rows[0], field: value}, *rows[1:]]


def test_the_codebook_holds_together(program: Program):
    assert check_program(program) == []
    assert len(program.targets) == len(set(program.targets)) == 120
    assert program.targets[0] == "objective:1"
    assert program.targets[-1] == "activity:100"


FAULTS: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "lost": ("objectives.yaml", lambda rows: rows[:-1], "objectives: expected ids 1 to 20"),
    "silent": ("objectives.yaml", with_first("title", {"en": "Alone", "es": "Sola", "pt": "Só"}), "missing in fr"),
    "wordy": ("objectives.yaml", with_first("title", dict.fromkeys(LANGUAGES, "one " * 9)), "more than 8 words"),
    "confused": ("objectives.yaml", with_first("confused_with", [{"target": "objective:0", "rule": "x"}]), "look-"),
    "orphan": ("activities/oas.yaml", with_first("implementer", "nobody"), "unknown implementer nobody"),
    "twice": ("concordance.yaml", lambda rows: [rows[0], *rows], "twice"),
    "unserved": ("concordance.yaml", lambda rows: [r for r in rows if r["activity"] != 22], "activity:22: no primary"),
    "misspelt": ("objectives.yaml", with_first("titel", {}), "titel"),
    "groupless": ("bodies.yaml", with_first("group", "moon"), "unknown group moon"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_codebook_is_refused_by_name(fault: str, tmp_path: Path):
    name, change, words = FAULTS[fault]
    with pytest.raises(CodebookError) as caught:
        load_program(edited(tmp_path, name, change))
    assert words in caught.value.reason
    assert "evmap program check" in caught.value.hint


def test_what_is_kept_of_a_programme_follows_its_files(program: Program, tmp_path: Path):
    folder = tmp_path / "program"
    shutil.copytree(CODEBOOK, folder)
    assert kept(folder) is None
    keep(folder, program)
    found = kept(folder)
    assert found and found.digest == program.digest and list(found.labels) == list(program.labels)
    keep(folder, program.model_copy(update={"about": program.about.model_copy(update={"edition": "other"})}))
    assert kept(folder) == program  # what is kept is not written again
    with (folder / "objectives.yaml").open("a", encoding="utf-8") as file:
        file.write("# another\n")
    assert kept(folder) is None
    keep(folder, program)
    for place in (cache_root() / "programs").glob("*.json"):
        place.write_bytes(place.read_bytes()[:-9])
    assert kept(folder) is None


def test_an_objective_that_no_activity_serves_is_a_fault(program: Program):
    parts = program.model_dump()
    parts["concordance"] = [pair for pair in parts["concordance"] if pair["objective"] != 18]
    assert "objective:18: no activity serves it in the concordance" in check_program(Program.model_validate(parts))


def test_a_missing_or_malformed_file_is_named(tmp_path: Path):
    shutil.copytree(CODEBOOK, tmp_path / "program")
    groups = tmp_path / "program" / "groups.yaml"
    groups.write_text("- id: [", "utf-8")
    with pytest.raises(CodebookError, match=r"groups\.yaml: not valid YAML"):
        load_program(tmp_path / "program")
    groups.unlink()
    with pytest.raises(CodebookError, match=r"groups\.yaml: missing"):
        load_program(tmp_path / "program")


def test_digest_follows_the_words_and_not_the_layout(program: Program, tmp_path: Path):
    same = load_program(edited(tmp_path / "same", "objectives.yaml", lambda rows: rows))
    assert (same.digest, same.labels_digest) == (program.digest, program.labels_digest)
    other = load_program(
        edited(tmp_path / "other", "objectives.yaml", with_first("counts", dict.fromkeys(LANGUAGES, "x")))
    )
    assert other.digest != program.digest
    assert other.labels_digest != program.labels_digest


def test_what_models_do_not_read_does_not_part_them_from_the_codebook(program: Program, tmp_path: Path):
    other = load_program(edited(tmp_path, "objectives.yaml", with_first("article", "IV.B.99")))
    assert other.digest != program.digest
    assert other.labels_digest == program.labels_digest


def test_parents_and_children_mirror_each_other(program: Program):
    for activity in program.activities:
        parents = program.parents(activity.target)
        assert parents
        assert all(activity.target in program.children(parent) for parent in parents)
    assert all(program.children(objective.target) for objective in program.objectives)
    assert program.parents("objective:1") == program.children("activity:1") == ()


def test_primary_objectives_come_first(program: Program):
    strength = {(f"activity:{p.activity}", f"objective:{p.objective}"): p.strength for p in program.concordance}
    for activity in program.activities:
        kinds = [strength[activity.target, parent] for parent in program.parents(activity.target)]
        assert kinds == sorted(kinds)  # "primary" before "secondary"


def test_shared_activities_belong_to_the_whole_group(program: Program):
    own = program.labels["activity:1"]
    assert program.implementers_of(own) == ("iachr",)
    shared = program.implementers_of(program.labels["activity:84"])
    assert {"iom", "ohchr", "unhcr", "ilo"} <= set(shared)
    assert {program.body_by_id[body].group for body in shared} == {"multilateral"}
    assert program.group_of(program.labels["activity:84"]) == "multilateral"
    assert program.group_of(own) == "oas"
    assert program.group_of(program.labels["objective:1"]) is None
    assert program.implementers_of(program.labels["objective:1"]) == ()


def test_every_label_has_its_text_in_four_languages(program: Program):
    texts = [text for label in program.labels.values() for text in label_text(label).values()]
    assert len(texts) == len(set(texts)) == 480


def lines(program: Program, swap: dict[str, str] | None = None) -> Iterator[tuple[str, int | None, str]]:
    """A document in the manner of the Program, in our own words: (kind, number, text)."""
    yield "heading", None, "Inter-American Program for the Promotion and Protection of the Rights of Lamp Keepers"
    yield (
        "text",
        None,
        "This text was made up to try how articles are found; it has ten points on lamps and a list of aims.",
    )
    yield from (("item", n, f"A made-up point about lamps, the one with number {n}.") for n in range(1, 11))
    yield "heading", None, "IV. Specific objectives"
    yield from (("item", o.id, f"Own words: {o.title['en'].lower()}.") for o in program.objectives)
    yield "heading", None, "V. Specific activities"
    last = None
    for activity in program.activities:
        body = str(activity.implementer)
        if body != last:
            name = program.body_by_id[body].names["en"] if body in program.body_by_id else ""
            yield "heading", None, (swap or {}).get(body) or HEADINGS.get(body) or name
        yield "item", activity.id, f"Own words: {activity.title['en'].lower()}."
        last = body


def as_text(program: Program, swap: dict[str, str] | None = None) -> bytes:
    parts = [f"{number}.     {text}" if number else f"      {text}" for _, number, text in lines(program, swap)]
    return "\n\n".join(parts).encode()


def as_html(program: Program) -> bytes:
    tags = {"heading": "h3", "text": "p", "item": "p"}
    parts = [f"<{tags[k]}>{f'{n}. ' if n else ''}{escape(t)}</{tags[k]}>" for k, n, t in lines(program)]
    return f"<html><body>{''.join(parts)}</body></html>".encode()


@pytest.mark.parametrize("write", [as_text, as_html])
def test_the_wording_is_read_out_of_a_program_document(write: Callable[[Program], bytes], program: Program):
    official = official_wording(read_bytes(write(program), "program", Settings()), program)
    assert official.language == "en"
    assert list(official.wording) == list(program.targets)
    for label in program.labels.values():
        assert official.wording[label.target] == f"Own words: {label.title['en'].lower()}."
    assert official.implementers == {a.target: a.implementer for a in program.activities}


def test_activities_under_a_foreign_heading_are_refused(program: Program):
    document = read_bytes(as_text(program, {"ilo": "Inter-American Commission of Women (CIM)"}), "swapped", Settings())
    with pytest.raises(UsageError, match="other implementers than in the codebook: activity:81 stands under"):
        official_wording(document, program)


def test_a_program_with_an_activity_missing_is_refused(program: Program):
    text = as_text(program).replace(b"57.     ", b"")
    with pytest.raises(UsageError, match="20 objectives and 100 activities were not found"):
        official_wording(read_bytes(text, "short", Settings()), program)


def test_the_wording_is_kept_for_later_and_a_damaged_file_is_named(program: Program, evmap_home: Path):
    assert load_official() is None
    official = official_wording(read_bytes(as_text(program), "program", Settings()), program)
    path = save_official(official)
    assert path == official_path() == evmap_home / "official.json"
    assert load_official() == official
    path.write_text(json.dumps({"wording": {}}), "utf-8")
    with pytest.raises(CodebookError, match="evmap program import"):
        load_official()


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the official document is not here")
def test_the_official_program_is_read_whole(program: Program):
    document = read(OFFICIAL, Settings())
    articles = parse(document, program)
    assert [article.target for article in articles] == list(program.targets)
    official = official_wording(document, program)
    assert official.implementers == {a.target: a.implementer for a in program.activities}
    assert all(document.text[a.span.start].isupper() for a in articles)
    assert official.wording["activity:63"] == document.text[articles[82].span.start : articles[82].span.end]
    assert not [target for target, text in official.wording.items() if "\n" in text or len(text) < 30]
