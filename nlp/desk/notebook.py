"""Reviewing in a notebook: the desk's view of a passage, whose decisions go to a desk on this machine.

The widget and the pages share passage.js; what is decided here is decided by `Desk.decide`, under the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nlp.errors import EvmapError, UsageError
from nlp.extras import need
from nlp.program import Language
from nlp.review.desk import Contents, Desk
from nlp.review.records import Ask, Item, Reader

STATIC = Path(__file__).parent / "static"
LOOK = ".notebook { font: 15px/1.45 system-ui, sans-serif } kbd { display: none }"  # keys belong to the notebook
_IMPORT = 'import { Characters, draftIn, make, passageView } from "./passage.js";\n'
Row = dict[str, Any]


class Bench:
    """What the widget does with a report on a desk; knows nothing of notebooks.

    Attributes:
        contents: the report as the reader sees it now. place: number of the passage that is looked at, of those that
            have items. fault: why the last thing asked was not done, "" if it was.
    """

    def __init__(self, desk: Desk, report: str, reader: Reader) -> None:
        self.desk, self.reader, self.fault, self.place = desk, reader, "", 0
        self.document_id = _report(desk, report)
        self.contents: Contents = desk.contents(self.document_id, reader)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what the widget asks: ``go``, ``undo``, or ``decide`` an item. What fails is told in `fault`."""
        self.fault = ""
        try:
            if "go" in message:
                self.place = min(max(0, self.place + int(message["go"])), len(self.passages) - 1)
            elif "undo" in message:
                self.desk.undo(self.reader)
            else:
                self.desk.decide(self.document_id, [_ask(message)], self.reader)
        except EvmapError as error:
            self.fault = str(error)
        self.contents = self.desk.contents(self.document_id, self.reader)

    @property
    def passages(self) -> list[Row]:
        """Passages that have items, in reading order.

        Raises:
            UsageError: if there is none.
        """
        held = {item.passage_id for item in self.contents.items}
        found = [row for row in self.contents.passages if row["passage_id"] in held]
        if not found:
            raise UsageError(self.document_id, "nothing to review: no passage has a suggestion")
        return found

    def shown(self) -> Row:
        """The passage that is looked at, as the widget wants it."""
        passages = self.passages
        self.place = min(self.place, len(passages) - 1)
        passage = passages[self.place]
        items = [asdict(item) for item in self.contents.items if item.passage_id == passage["passage_id"]]
        row, page = self.contents.report.row, passage.get("page")
        cite = ", ".join(filter(None, (row.get("title") or self.contents.report.name, f"p. {page}" if page else "")))
        text = self.contents.text[passage["start"] : passage["end"]]
        return {"passage": passage, "text": text, "items": items, "place": self.place, "count": len(passages),
                "fault": self.fault, "cite": cite}  # fmt: skip

    def items(self) -> list[Item]:
        """All items of the report as they stand now."""
        return self.contents.items


def review(desk: Desk, report: str, reader: str = "officer-1", language: Language = "en") -> Any:
    """Return a widget that reviews a report on an open desk, for JupyterLab, VS Code and Colab.

    Args:
        desk: `Desk.open(DESK)`. report: its id or the beginning, or its file name. reader: code of who decides.

    Raises:
        UsageError: if there is no such report, or nothing to review. MissingExtra: without the extras ``notebook`` and
            ``desk``.
    """
    widgets, traitlets = need("anywidget"), need("traitlets")
    bench = Bench(desk, report, Reader(reader))
    traits = {name: traitlets.Any(value).tag(sync=True) for name, value in _traits(bench, language).items()}
    made = type("Review", (widgets.AnyWidget,), {"_esm": script(), "bench": bench, "__repr__": _said, **traits})()
    made.on_msg(_hearing(made, bench))
    return made


def script() -> str:
    """The widget as one module: the desk's passage.js, and what stands around it in a notebook."""
    return (STATIC / "passage.js").read_text("utf-8") + (STATIC / "widget.js").read_text("utf-8").replace(_IMPORT, "")


def _said(widget: Any) -> str:
    return f"Review of {widget.bench.contents.report.name} (a widget: JupyterLab, VS Code and Colab show it)"


def _hearing(widget: Any, bench: Bench) -> Callable[[Any, Any, Any], None]:
    def hear(_widget: Any, message: Any, _buffers: Any) -> None:
        bench.hear(message)
        widget.shown = bench.shown()

    return hear


def _traits(bench: Bench, language: Language) -> Row:
    need("fastapi")  # the words and the codebook's rows live with the pages
    from nlp.desk.api.codebook import labels
    from nlp.desk.wording import words_file

    program = bench.desk.program
    bodies = [{"id": key, "name": body.name(language)} for key, body in program.body_by_id.items()]
    look = "".join((STATIC / name).read_text("utf-8") for name in ("desk.css", "parts.css"))
    return {
        "shown": bench.shown(), "labels": {row["target"]: row for row in labels(program, "", language)},
        "implementers": bodies, "words": words_file(language), "language": language,
        "look": look.replace(":root", ":host") + LOOK,
    }  # fmt: skip


def _report(desk: Desk, report: str) -> str:
    found = [one.document_id for one in desk.reports() if one.document_id.startswith(report) or one.name == report]
    if len(found) != 1:
        names = ", ".join(f"{one.name} ({one.document_id[:8]})" for one in desk.reports()[:5])
        raise UsageError(report, f"{len(found) or 'no'} reports are called so", f"On the desk: {names}")
    return found[0]


def _ask(message: Mapping[str, Any]) -> Ask:
    """To confirm with another treatment or implementer is to correct."""
    changes = dict(message.get("changes") or {})
    action = message["action"]
    if action == "confirm" and set(changes) - {"reason"}:
        action = "correct"
    elif action != "correct":
        changes = {name: value for name, value in changes.items() if name == "reason"}
    return Ask(item_id=message["decide"], action=action, version=int(message["version"]), **changes)
