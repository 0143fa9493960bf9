"""Human labels: the training passages with every annotator's labels, and standoff gold for official documents."""

from nlp.annotations.gold import Gold, GoldUnit, LabelSet, load_gold
from nlp.annotations.pool import Annotated, load_training
from nlp.annotations.rows import Annotations, DocumentRow, LabelRow, PassageRow, load_annotations

__all__ = [
    "Annotated",
    "Annotations",
    "DocumentRow",
    "Gold",
    "GoldUnit",
    "LabelRow",
    "LabelSet",
    "PassageRow",
    "load_annotations",
    "load_gold",
    "load_training",
]
