"""The questions of a corpus: one call each. What they count and how they are drawn is in the modules that they call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from nlp.corpus.comparing import compare
from nlp.corpus.concordance import concordance
from nlp.corpus.finding import evidence_of, find_report
from nlp.corpus.keyness import keyness
from nlp.corpus.mandates import mandate_chain
from nlp.corpus.maps import MOST, evidence_map, gap_map
from nlp.corpus.network import network
from nlp.corpus.parts import Evidence
from nlp.corpus.search import Found, similar
from nlp.corpus.tables import Tables
from nlp.corpus.times import planned_against_done, timeline
from nlp.plots.answer import Answer

MOST_SHOWN = 200


@dataclass(frozen=True, repr=False)
class Questions(Tables):
    """What a `Corpus` can be asked. Filters given to a question narrow it for this question alone.

    Each raises UsageError as `Corpus.filter` does, and where it is asked by something that documents do not have.
    """

    def evidence(self, **asked: object) -> Evidence:
        """Who did what, since when, planned or done, in whose words: links with quote, context and citation.

        Args:
            asked: filters, as `Corpus.filter`: ``evidence(objective=16, treatment="done")``.
        """
        return evidence_of(self._asked(asked), MOST_SHOWN)

    def evidence_map(self, by: str = "report", of: str = "objective", most: int = MOST, **asked: object) -> Answer:
        """Where there is evidence, how much, and how sure.

        Args:
            by: report, implementer, body, kind, language, year, run, or a column that was joined.
            of: objective or activity. most: how many of `by` are drawn; the frame holds all.
        """
        return evidence_map(self._asked(asked), by, of, most)

    def gap_map(self, by: str = "report", of: str = "objective", most: int = MOST, **asked: object) -> Answer:
        """Where there is none: confirmed, suggested, to be reviewed, searched in vain, not searchable.

        Args:
            by, of, most: as for `evidence_map`.
        """
        return gap_map(self._asked(asked), by, of, most)

    def timeline(self, **asked: object) -> Answer:
        """Links and reports by year, and how many objectives had been reached by then."""
        return timeline(self._asked(asked))

    def planned_against_done(self, by: str = "objective", **asked: object) -> Answer:
        """What is planned or recommended against what was done or goes on.

        Args:
            by: objective, activity, or what `evidence_map` takes.
        """
        return planned_against_done(self._asked(asked), by)

    def network(
        self, by: str = "implementer", of: str = "objective", least: int = 2, most: int = 80, **asked: object
    ) -> Answer:
        """Who works on what.

        Args:
            by, of: as for `evidence_map`. least: links of a tie that is drawn. most: how many ties are drawn.
        """
        return network(self._asked(asked), by, of, least, most)

    def mandate_chain(self, **asked: object) -> Answer:
        """From each Summit mandate over resolution paragraphs, objectives and activities to evidence, with the gaps.

        The frame has a row for every way from a mandate to an activity; what is missing on it is null, and
        ``activity_state`` is ``searched_none`` where no report tells of the activity.
        """
        return mandate_chain(self._asked(asked))

    def concordance(self, least: int = 2, **asked: object) -> Answer:
        """Objectives and activities found in the same passages, beside the codebook's concordance.

        Args:
            least: passages from which on a pair outside the codebook is drawn; the frame holds all.
        """
        return concordance(self._asked(asked), least)

    def compare(self, a: object, b: object, names: tuple[str, str] | None = None) -> Answer:
        """Every difference between two parts of this corpus, or two corpora.

        Args:
            a, b: a corpus, filters as a dict (``{"language": "en"}``), or the id, symbol or title of a report.
            names: what they are called in the picture.
        """
        sides = [self._side(side) for side in (a, b)]
        named = names or tuple(side.said or side.digest for side in sides)
        return compare(sides[0], sides[1], (named[0], named[1]))

    def keyness(self, objective: int | None = None, target: str | None = None, **asked: object) -> Answer:
        """Words that passages of a target use more than others of the same language do.

        Args:
            objective: number of an objective, or target: "activity:12".

        Raises:
            UsageError: if neither is named, or there is no such target.
        """
        return keyness(self._asked(asked), target or f"objective:{objective}")

    def similar(self, what: object, k: int = 10, by: str = "both", **asked: object) -> Found:
        """The k passages most like a text, a link or a passage, in whatever language they are.

        Args:
            what: words, a `Link` or a `Passage`. by: "words" (BM25), "meaning" (the run's encoder), or "both" fused.
            asked: filters; the passages that pass them are ranked.

        Raises:
            UsageError: if there is no such way, or nothing to search for.
            EncoderError: if the run's encoder is not here.
        """
        return similar(self._asked(asked), what, k, by)

    def _side(self, side: object) -> Tables:
        if isinstance(side, Tables):
            return side
        if isinstance(side, dict):
            return self.filter(**side)
        return self.filter(document=find_report(self, str(side)).document_id)

    def _asked(self, asked: dict[str, object]) -> Self:
        return self.filter(**asked) if asked else self
