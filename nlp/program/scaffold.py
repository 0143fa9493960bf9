"""A programme begun: files with every field and a word on each, to be filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nlp.errors import UsageError
from nlp.program.loading import CHARTER
from nlp.program.records import LANGUAGES

_ID = re.compile(r"[a-z][a-z0-9_-]*")
CALLED = {
    "objectives": {
        "en": "[objective, objectives]", "es": "[objetivo, objetivos]", "pt": "[objetivo, objetivos]",
        "fr": "[objectif, objectifs]",
    },
    "activities": {
        "en": "[activity, activities]", "es": "[actividad, actividades]", "pt": "[atividade, atividades]",
        "fr": "[activité, activités]",
    },
}  # fmt: skip
LABELS = """\
# One entry a label, in your own words. title: at most 8 words. counts: what is evidence for it. excludes: what is not,
# and where it goes. terms: what reports call it. article: where the programme itself sets it down.
# confused_with names look-alikes: [{target: "objective:2", rule: "what tells the two apart"}]
"""
CONCORDANCE = """\
# Which objectives an activity serves: strength is primary or secondary; every activity needs one primary objective.
# An activity is only named where one of its objectives is found in the same passage.
"""


def begin(
    folder: Path, identity: str, title: str, objectives: int, activities: int, languages: Sequence[str]
) -> list[Path]:
    """Write the files of a programme to be filled in; return them.

    Raises:
        UsageError: if the folder holds anything, or the id or a language is none.
    """
    codes = [code.strip() for code in languages]
    if unknown := [code for code in codes if code not in LANGUAGES]:
        raise UsageError(", ".join(unknown), "not read by evmap", f"Choose among: {', '.join(LANGUAGES)}")
    if not _ID.fullmatch(identity):
        raise UsageError(identity, "no id", "Write small letters, digits and hyphens, a letter first")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(folder, "it is there already", "Name a new folder")
    files = {CHARTER: _charter(identity, title, objectives, activities, codes)}
    files["objectives.yaml"] = LABELS + "".join(_label(number, codes) for number in range(1, objectives + 1))
    if activities:
        files["activities.yaml"] = LABELS + "".join(_label(number, codes) for number in range(1, activities + 1))
        pairs = (_pair(number) for number in range(1, activities + 1))
        files["concordance.yaml"] = CONCORDANCE + "".join(pairs)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in files]


def _charter(identity: str, title: str, objectives: int, activities: int, codes: Sequence[str]) -> str:
    counts = {"objectives": objectives, "activities": activities}
    lines = [
        "# What the programme is, and what the other files have to hold. Check it with: evmap program check FOLDER",
        f"id: {identity}",
        "title:",
        *(f"  {code}: {_quoted(title)}" for code in codes),
        'edition: ""  # a year, or a version',
        'source: ""  # where it is set down, for instance the symbol of a resolution',
        f"languages: [{', '.join(codes)}]  # every label is written in all of them; among en, es, pt, fr",
    ]
    for name, count in counts.items():
        called = ", ".join(f"{code}: {CALLED[name][code]}" for code in codes)
        lines += [f"{name}:", f"  count: {count}", f"  called: {{{called}}}  # what one, and what several are called"]
    lines += [
        "# Further files, where there are any: general_objectives, groups, implementers, bodies, concordance.",
        f"parts: [{'concordance' if activities else ''}]",
    ]
    return "\n".join(lines) + "\n"


def _label(number: int, codes: Sequence[str]) -> str:
    lines = [f"\n- id: {number}", f'  article: "{number}"']
    for field in ("title", "counts", "excludes"):
        lines += [f"  {field}:", *(f'    {code}: ""' for code in codes)]
    return "\n".join([*lines, "  confused_with: []", "  terms:", *(f"    {code}: []" for code in codes)]) + "\n"


def _pair(number: int) -> str:
    return f'- {{activity: {number}, objective: 1, strength: primary, reason: ""}}\n'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
