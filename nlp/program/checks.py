"""Does a programme hold together: numbers, texts in all its languages, references. Faults are readable lines."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlp.program.records import Body, Label, Program

TITLE_WORDS = 8
_WORD = re.compile(r"\w[\w'’-]*")


def check_program(program: Program) -> list[str]:
    """Return every fault in a codebook as a readable line; [] when it holds together."""
    return [fault for check in CHECKS.values() for fault in check(program)]


def check_numbers(program: Program) -> list[str]:
    """The labels that ``program.yaml`` counts are there, numbered from 1 in order; no body is defined twice."""
    about = program.about
    wanted = {
        "objectives": about.objectives.count,
        "activities": about.activities.count,
        "general_objectives": about.general_objectives,
    }
    faults = [] if wanted["objectives"] else ["objectives: a programme needs one at least"]
    for name, count in wanted.items():
        ids = [row.id for row in getattr(program, name)]
        if ids != list(range(1, count + 1)):
            faults.append(f"{name}: expected ids 1 to {count} in order, found {len(ids)}")
    names = [body.id for body in (*program.implementers, *program.bodies)]
    faults += [f"body {i}: defined twice" for i in sorted({i for i in names if names.count(i) > 1})]
    return faults


def check_texts(program: Program) -> list[str]:
    """Every label has short titles, what counts, what does not, and terms, in the languages of the programme alone."""
    faults = [
        f"program.yaml: {level.name(2)} are not called anything"
        for level in program.levels.values()
        if not level.called
    ]
    faults += [
        f"program.yaml: title is missing in {code}" for code in program.languages if code not in program.about.title
    ]
    for label in program.labels.values():
        faults += _check_label(program, label)
    for labels in (program.objectives, program.activities):
        for code in program.languages:
            titles = [label.title.get(code, "") for label in labels]
            twice = sorted({title for title in titles if title and titles.count(title) > 1})
            faults += [f"title used twice ({code}): {title}" for title in twice]
    return faults


def _check_label(program: Program, label: Label) -> list[str]:
    faults = []
    for field in ("title", "counts", "excludes", "terms"):
        texts = getattr(label, field)
        missing = [code for code in program.languages if not texts.get(code)]
        if missing:
            faults.append(f"{label.target}: {field} is missing in {', '.join(missing)}")
        if foreign := sorted(set(texts) - set(program.languages)):
            faults.append(f"{label.target}: {field} in {', '.join(foreign)}, no language of the programme")
    long = [code for code, title in label.title.items() if len(_WORD.findall(title)) > TITLE_WORDS]
    if long:
        faults.append(f"{label.target}: title has more than {TITLE_WORDS} words in {', '.join(long)}")
    return faults


def check_references(program: Program) -> list[str]:
    """Look-alikes, implementers, groups and pairs of the concordance name what is there."""
    targets, groups = set(program.targets), {group.id for group in program.groups}
    faults = []
    for label in program.labels.values():
        faults += [
            f"{label.target}: unknown look-alike {x.target}" for x in label.confused_with if x.target not in targets
        ]
    for label in program.activities:
        faults += _check_activity(program, label, {body.id for body in program.implementers} | groups)
    faults += [_groupless(body) for body in program.body_by_id.values() if body.group not in groups]
    return [*faults, *_check_concordance(program, targets)]


def _check_activity(program: Program, label: Label, known: set[str]) -> list[str]:
    faults = []
    given = label.implementer is not None or "implementers" in program.about.parts
    if given and label.implementer not in known:
        faults.append(f"{label.target}: unknown implementer {label.implementer}")
    primary = any(p.activity == label.id and p.strength == "primary" for p in program.concordance)
    if "concordance" in program.about.parts and not primary:
        faults.append(f"{label.target}: no primary objective in the concordance")
    return faults


def _groupless(body: Body) -> str:
    return f"body {body.id}: unknown group {body.group}"


def _check_concordance(program: Program, targets: set[str]) -> list[str]:
    pairs = [(pair.activity, pair.objective) for pair in program.concordance]
    faults = [f"concordance: {pair} twice" for pair in sorted({p for p in pairs if pairs.count(p) > 1})]
    faults += [
        f"concordance: unknown {target}"
        for pair in program.concordance
        for target in (f"activity:{pair.activity}", f"objective:{pair.objective}")
        if target not in targets
    ]
    if "concordance" in program.about.parts:
        lonely = [o.id for o in program.objectives if not program.children(o.target)]
        faults += [f"objective:{number}: no activity serves it in the concordance" for number in lonely]
    return faults


Check = Callable[[Program], list[str]]
CHECKS: dict[str, Check] = {"numbers": check_numbers, "texts": check_texts, "references": check_references}
