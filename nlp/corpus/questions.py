"""The questions of a corpus: one call each. What they count and how they are drawn is in the modules that they call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from nlp.corpus.finding import evidence_of
from nlp.corpus.parts import Evidence
from nlp.corpus.tables import Tables

MOST_SHOWN = 200


@dataclass(frozen=True, repr=False)
class Questions(Tables):
    """What a `Corpus` can be asked. Filters given to a question narrow it for this question alone."""

    def evidence(self, **asked: object) -> Evidence:
        """Who did what, since when, planned or done, in whose words: links with quote, context and citation.

        Args:
            asked: filters, as `Corpus.filter`: ``evidence(objective=16, treatment="done")``.

        Raises:
            UsageError: as `Corpus.filter`.
        """
        return evidence_of(self._asked(asked), MOST_SHOWN)

    def _asked(self, asked: dict[str, object]) -> Self:
        return self.filter(**asked) if asked else self
