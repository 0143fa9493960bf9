"""Colours that colour-blind readers tell apart, and that still differ in grey. From M. Okabe and K. Ito, 2008."""

from __future__ import annotations

STATES = {
    "confirmed": "#00598a", "suggested": "#56b4e9", "review": "#f6d8a8", "searched_none": "#f2f2f2",
    "not_searchable": "#a6a6a6",
}  # fmt: skip
STATE_WORDS = {
    "confirmed": "confirmed by an officer", "suggested": "suggested", "review": "to be reviewed",
    "searched_none": "searched, none found", "not_searchable": "could not be read",
}  # fmt: skip
TREATMENTS = {
    "done": "#00598a", "standing": "#56b4e9", "planned": "#e69f00", "recommended": "#f6d8a8", "mention": "#b3b3b3",
    "unknown": "#e0e0e0",
}  # fmt: skip
SERIES = ("#00598a", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a7a7a", "#c9b600")
GAP, QUIET, INK = "#d55e00", "#9a9a9a", "#1a1a1a"
