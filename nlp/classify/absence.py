"""What was not done must not be shown as done: sentences that deny or miss an act, in four languages.

Encoders hardly see "not", so this is a rule: a denial in the main clause of a sentence ("no projects were implemented",
"no se ha ejecutado"). Denials inside a relative clause ("persons who have not regularised their status") say nothing
about the act and are passed over, except after a verb of reporting ("reports that no campaign was held").
"""

from __future__ import annotations

import functools
import re

from nlp.records import Treatment

_DENIALS = {
    "en": r"""
        (?:ha(?:s|ve|d)|was|were|did|could)\ ?(?:not|n['’]t)(?!\ only)
        | no\ (?:[\w'’-]+\ ){1,6}?(?:was|were|has|have|had|took|occurred|exists?|existed|could)
        | (?:there\ (?:is|are|was|were|has\ been|have\ been))\ (?:no|not)
        | (?:none|neither)\ of | nothing\ (?:was|has) | failed\ to | not\ yet
        | (?:made|reported|reports|shows?|showed|held|carried\ out)\ no
    """,
    "es": r"""
        (?:todavía|aún)\ no | no\ (?:se\ )?(?:ha|han|había|habían|hubo|hubieron|fue|fueron|pudo|pudieron|hay)
        | no\ (?:se\ )?\w+(?:ó|aron|ieron|aba|aban) | ning[uú]n[oa]?\ (?:de|\w+)
        | (?:quedó|quedaron|queda|quedan)\ pendientes?
        | sin\ (?:que\ se|ejecuta|avances|actividades|resultados)
    """,
    "pt": r"""
        ainda\ não | não\ (?:se\ )?(?:foi|foram|houve|há|tem|têm|teve|tiveram|pôde|puderam|tinha|havia)
        | não\ (?:se\ )?\w+(?:ou|aram|eu|eram|iu|iram) | nenhuma?\ (?:d[aeo]s?|\w+) | (?:ficou|ficaram)\ pendentes?
    """,
    "fr": r"""
        pas\ encore | n['’](?:a|ont|avait|avaient|est|était|étaient|y\ a)\ (?:\w+\ )?(?:pas|jamais|aucune?|rien|plus)
        | ne\ (?:s['’]est|se\ sont|sont|fut|furent|put|purent|\w+)\ (?:pas|jamais|aucune?|rien)
        | aucune?\ \w+ | rien\ n['’] | resté?e?s?\ (?:sans\ suite|en\ suspens)
    """,
}
_LATER = re.compile(r"\b(?:not yet|yet to|todavía no|aún no|ainda não|pas encore)\b", re.IGNORECASE)
_ANY = re.compile(
    "|".join(rf"(?:(?<!\w)(?:{pattern})(?!\w))" for pattern in _DENIALS.values()), re.IGNORECASE | re.VERBOSE
)
_CLAUSE = re.compile(r"[,;:.()–—]")
_RELATIVE = re.compile(
    r"\b(?:who|whom|whose|which|that|where|because|if|what|when|whether|unless"
    r"|que|quien|quienes|cuy[oa]s?|donde|porque|si|cuando|quem|onde|cuj[oa]s?|quando|se"
    r"|qui|dont|où|lorsque|quand|parce)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(?:report|state|note|inform|indicate|say|said|acknowledge|inform[aóo]u?|señal|indic|reconoc|manifest|relat|"
    r"afirm|signal|précis|constat)\w*\s+(?:that|que)\b",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=64)  # a passage's links quote the same few sentences
def denied(sentence: str) -> bool:
    """Whether the main clause of a sentence, in any of the four languages, says that something was not done."""
    return any(_in_main_clause(sentence, match.start()) for match in _ANY.finditer(sentence))


def _in_main_clause(sentence: str, place: int) -> bool:
    before = sentence[:place]
    clause = _CLAUSE.split(before)[-1]
    return not _RELATIVE.search(clause) or bool(_REPORTING.search(clause))


def settled(treatment: Treatment | None, sentence: str) -> Treatment | None:
    """Return the treatment that a sentence can bear: `done` becomes `planned` ("not yet"), or `mention`, if denied."""
    if treatment != "done" or not denied(sentence):
        return treatment
    return "planned" if _LATER.search(sentence) else "mention"
