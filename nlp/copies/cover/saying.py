"""Pieces that covers, profiles and briefs share: counts, rows of claims, lists of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nlp.copies.cover.claims import Claim, by_target, ranges, tree
from nlp.copies.cover.paper import Part, Row
from nlp.copies.notes import heading, standing, visible
from nlp.copies.phrases import PHRASES, say
from nlp.program import Program
from nlp.sentences import spoken


def shown(claims: Sequence[Claim], everything: bool) -> list[Claim]:
    """Return the claims that a paper shows: those still to be reviewed only if everything is asked for."""
    return [claim for claim in claims if everything or claim.sort != "review"]


def parts_of(
    claims: Sequence[Claim],
    program: Program,
    language: str,
    budget: tuple[int, int],
    everything: bool,
    lost: Sequence[str],
    between: Sequence[Part] | None = None,
) -> list[Part]:
    """Return the parts of a paper.

    Args:
        budget: rows, and characters of a quote. lost: what could not be searched. between: parts that come behind the
            table; where they are given, claims are of several documents.
    """
    kept = shown(claims, everything)
    first = addressed(kept, program, language, *budget, many=between is not None)
    told = f"{numbers(claims, program, language)} {say('plus', language)}"
    counted = Part(first.heading, told, first.rows, first.lines)
    return [counted, *(between or ()), *rest(kept, claims, program, language, lost)]


def numbers(claims: Sequence[Claim], program: Program, language: str) -> str:
    """Return in a sentence how many targets have evidence and how sure it is."""
    targets, sorts = {claim.finding.target for claim in claims}, Counter(claim.sort for claim in claims)
    objectives = sum(target.startswith("objective") for target in targets)
    return say(
        "numbers",
        language,
        objectives=objectives,
        activities=len(targets) - objectives,
        targets=len(program.targets),
        quotes=len(claims),
        confirmed=sorts["held"],
        suggested=sorts["suggested"],
        review=sorts["review"],
    )


def addressed(claims: Sequence[Claim], program: Program, language: str, most: int, cut: int, many: bool) -> Part:
    """Return the targets that have evidence, each with its best quote; what has no room is named by its number.

    Args:
        most: rows. cut: characters of a quote. many: whether claims are of several documents, which are then named.
    """
    best = by_target(claims)
    surest = sorted(best, key=lambda target: (best[target][0].sort != "held", -_probability(best[target][0])))
    kept = _closed(surest, most, program)
    rows = [_row(best[target], program, language, deep, cut, many) for target, deep in tree(kept, program)]
    left = [target for target in best if target not in kept]
    lines = [f"{say('also', language)}: {listing(left, language)}."] if left else []
    return Part(say("addressed", language), "", rows, lines)


def _closed(surest: Sequence[str], most: int, program: Program) -> set[str]:
    """The surest targets, none without one of its objectives if that has evidence."""
    there, kept = set(surest), set[str]()
    for target in surest:
        parents = [parent for parent in program.parents(target) if parent in there]
        wanted = {target} if not parents or kept & set(parents) else {target, parents[0]}
        if len(kept | wanted) <= most:
            kept |= wanted
    return kept


def _probability(claim: Claim) -> float:
    return claim.finding.probability or 0.0


def _row(own: Sequence[Claim], program: Program, language: str, deep: bool, cut: int, many: bool) -> Row:
    first = own[0]
    finding, page = first.finding, first.finding.page
    known = [say(finding.treatment, language)] if finding.treatment in PHRASES["en"] else []
    known += [visible(first.actor)] if first.actor else []
    known += [f"+{len(own) - 1}"] if len(own) > 1 else []
    place = [visible(first.document)] if many and first.document else []
    place += [f"{say('p', language)} {page}"] if page else []
    return Row(
        head=visible(heading(finding, language)),
        quote=shortened(first.quote, cut),
        standing=standing(finding, language),
        place=", ".join(place),
        href=first.href,
        deep=deep,
        facts=" · ".join(known),
    )


def shortened(quote: str, cut: int) -> str:
    """Return a quote on one line, cut between words where it is longer."""
    line = visible(" ".join(quote.split()))
    return line if len(line) <= cut else f"{line[:cut].rsplit(' ', 1)[0]} …"


def treated(claims: Iterable[Claim], treatment: str, language: str) -> str:
    """Return the targets that a treatment is claimed of: "objectives 1, 3; activities 5–7", or that there are none."""
    return listing({claim.finding.target for claim in claims if claim.finding.treatment == treatment}, language)


def listing(targets: Iterable[str], language: str) -> str:
    """Return targets by their numbers."""
    parts = []
    targets = [*targets]
    for kind, name in (("objective", "objectives"), ("activity", "activities")):
        own = [int(target.partition(":")[2]) for target in targets if target.startswith(f"{kind}:")]
        parts += [f"{say(name, language)} {ranges(own)}"] if own else []
    return "; ".join(parts) or say("nothing", language)


def rest(
    kept: Sequence[Claim], claims: Sequence[Claim], program: Program, language: str, unsearched: Sequence[str]
) -> list[Part]:
    """Return what is done, planned, doubtful, not found and not searched, and what a link does not prove.

    Args:
        kept: claims that are shown. claims: all of them: what is only to be reviewed is not "nothing found".
    """
    found = {claim.finding.target for claim in claims}
    missing = [target for target in program.targets if target not in found]
    doubtful = found - {claim.finding.target for claim in kept}
    return [
        Part(say("is_done", language), treated(kept, "done", language)),
        Part(say("is_planned", language), treated(kept, "planned", language)),
        Part(say("doubtful", language), listing(doubtful, language)),
        Part(say("not_found", language), listing(missing, language)),
        Part(say("not_searched", language), "" if unsearched else say("all_searched", language), (), unsearched),
        Part(say("limits", language), say("proves", language)),
    ]


def unsearched(row: Mapping[str, Any], entry: Mapping[str, Any], language: str) -> list[str]:
    """Return what of a document was not searched: why it was not read whole, and what the reader left out."""
    said = []
    if entry.get("status", "ok") != "ok":
        status, reason = (spoken(str(entry.get(key) or ""), language) for key in ("status", "reason"))
        said.append(say("status", language, status=status, reason=reason))
    said += [f"{spoken(what, language)}: {count}" for what, count in (row.get("losses") or {}).items()]
    return [visible(line) for line in said]


def made_by(run: Mapping[str, Any], language: str) -> str:
    """Return what made the claims, from a run.json: program, model and codebook with the first digits of digests."""
    known = {
        "made": f"evmap {run['evmap']}" if run.get("evmap") else "evmap",
        "model": digest(run.get("model")),
        "codebook": digest(run.get("program")),
    }
    return " · ".join(f"{say(key, language)}: {value}" for key, value in known.items() if value)


def digest(said: Any) -> str:
    """Return the first digits of a digest, wherever run.json keeps it."""
    if isinstance(said, Mapping):
        said = said.get("digest") or said.get("sha256") or ""
    return str(said or "")[:12]
