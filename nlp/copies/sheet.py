"""The review sheet: a report's suggestions as XLSX, one a row, and the decisions that come back in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlp.cells import shortened, text_cell
from nlp.copies.notes import visible
from nlp.copies.phrases import PHRASES, say
from nlp.display import title_of
from nlp.errors import UsageError
from nlp.program import Program
from nlp.records import TREATMENTS
from nlp.review.records import Action, Ask, Item

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    ("id", 18), ("version", 8), ("page", 7), ("target", 14), ("title", 34), ("quote", 70), ("state", 14),
    ("probability", 11), ("why", 26), ("decision", 14), ("treatment", 16), ("implementer", 18), ("own_reason", 34),
)  # fmt: skip
"""Keys of the columns' names in `PHRASES`, and their widths in letters."""
ACTIONS: dict[str, Action] = {"confirm": "confirm", "reject": "reject", "unsure_now": "unsure", "postpone": "postpone"}
"""What a decision is called in `PHRASES`, and what it is."""
_FILLED = frozenset(("decision", "treatment", "implementer", "own_reason"))
_PLACE = {key: number for number, (key, _) in enumerate(COLUMNS)}
_MOST_NAMED = 12
_MOST_ROWS = 100_000
_MOST_BYTES = 200_000_000  # unpacked


def write(items: Sequence[Item], program: Program, language: str) -> bytes:
    """Return the sheet: a row for each item, in their order; what to decide is chosen from lists.

    Texts of the report are marked as text, so that none is run as a formula.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet, lists = book.active, book.create_sheet(say("lists", language))
    assert sheet is not None
    sheet.title = say("review_sheet", language)
    bodies = sorted(program.body_by_id)
    for number, row in enumerate([[say(key, language) for key, _ in COLUMNS], *_rows(items, program, language)], 1):
        for column, value in enumerate(row, 1):
            _put(sheet, number, column, value)
    for number, body in enumerate(bodies, 1):
        _put(lists, number, 1, body)
        _put(lists, number, 2, program.body_by_id[body].name(language))
    _dress(sheet, len(items) + 1)
    choices = {
        "decision": _listed(say(key, language) for key in ACTIONS),
        "treatment": _listed(TREATMENTS),
        "implementer": f"='{lists.title}'!$A$1:$A${len(bodies)}",
    }
    for key, formula in choices.items():
        _offer(sheet, key, formula, len(items) + 1, language)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(items: Sequence[Item], program: Program, language: str) -> Iterator[list[Any]]:
    for item in items:
        known = item.target in program.labels
        state = item.lane if item.state == "suggested" and item.lane else item.state
        yield [
            item.item_id,
            item.version,
            item.page,
            item.target,
            title_of(program, item.target, language) if known else item.target,
            item.quote,
            say(state, language),
            None if item.probability is None else round(item.probability, 3),
            ", ".join((item.why or {}).get("terms") or ()),
            None,
            item.treatment,
            item.implementer,
            None,
        ]


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    """Put a value in a cell; a text is marked as one."""
    if value is None:
        return
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        made = text_cell(sheet, value)
        cell.value, cell.data_type, cell.quotePrefix = made.value, "s", made.quotePrefix
    else:
        cell.value = value


def _dress(sheet: Any, rows: int) -> None:
    """Widths, bold titles that stay, a filter, wrapped quotes; the columns to fill are shaded."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, (key, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
        shade = PatternFill("solid", fgColor="FFF2CC") if key in _FILLED else None
        for row in range(1, rows + 1):
            sheet.cell(row, number).alignment = Alignment(wrap_text=True, vertical="top")
            if shade:
                sheet.cell(row, number).fill = shade
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{rows}"
    sheet.column_dimensions["A"].hidden = sheet.column_dimensions["B"].hidden = True


def _listed(words: Any) -> str:
    return f'"{",".join(words)}"'


def _offer(sheet: Any, key: str, formula: str, rows: int, language: str) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(_PLACE[key] + 1)
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.error, rule.errorTitle = say("pick", language), say(key, language)
    rule.add(f"{letter}2:{letter}{max(2, rows)}")
    sheet.add_data_validation(rule)


def read(data: bytes, items: Sequence[Item], program: Program) -> list[Ask]:
    """Return what the decisions of a filled sheet ask for; rows without a decision ask for nothing.

    A confirmation with another treatment or implementer is a correction. Columns are known by their place, decisions by
    their word in any of the four languages.

    Args:
        items: the report's items as they were written, or as they stand: the versions in the sheet are passed on, so
            the desk tells what somebody else decided since.

    Raises:
        UsageError: if it is no such sheet, or cells are wrong: unknown or repeated rows, changed quotes or targets,
            unknown decisions, treatments or implementers, formulas. All are named by their cells.
    """
    known = {item.item_id: item for item in items}
    reader = _Reader(known, program)
    asks = [ask for number, row in enumerate(_cells(data), 2) if (ask := reader.ask(number, row))]
    if reader.faults:
        more = len(reader.faults) - _MOST_NAMED
        named = "; ".join(reader.faults[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        raise UsageError("review sheet", named, "Mend these cells and hand it in again; nothing was decided")
    return asks


def _cells(data: bytes) -> Iterator[list[Any]]:
    """The rows below the titles: a cell of openpyxl for each column."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    hint = "Fill in the sheet that the desk gave you, and save it as XLSX"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise UsageError("review sheet", "unpacks to too much", hint)
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise UsageError("review sheet", "no XLSX file that can be read", hint) from error
    rows = sheet.iter_rows(max_col=len(COLUMNS), max_row=min(sheet.max_row, _MOST_ROWS))
    titles = [str(cell.value or "") for cell in next(rows, ())]
    if not any(titles == [say(key, language) for key, _ in COLUMNS] for language in PHRASES):
        raise UsageError("review sheet", "its first row is not that of a review sheet", hint)
    yield from (list(row) for row in rows)


class _Reader:
    """Turns rows to asks and remembers what is wrong with them."""

    def __init__(self, known: Mapping[str, Item], program: Program) -> None:
        self.faults: list[str] = []
        self._known, self._program = known, program
        self._seen: set[str] = set()
        self._actions = {say(key, code).casefold(): action for code in PHRASES for key, action in ACTIONS.items()}

    def ask(self, number: int, row: Sequence[Any]) -> Ask | None:
        """Return what a row asks for, None where it asks for nothing or is wrong."""
        before = len(self.faults)
        said = {key: self._said(row[place]) for key, place in _PLACE.items()}
        if not any(said.values()):
            return None
        item = self._item(row, said)
        action = self._actions.get(said["decision"].casefold())
        if said["decision"] and action is None:
            self._fault(row, "decision", f"no such decision: {said['decision']}")
        if item is None or len(self.faults) > before:
            return None
        return self._made(row, said, item, action)

    def _made(self, row: Sequence[Any], said: Mapping[str, str], item: Item, action: Action | None) -> Ask | None:
        before = len(self.faults)
        treatment, implementer = self._changed(row, said, item)
        other = treatment is not None or implementer is not None
        if action is None and (said["own_reason"] or other):
            self._fault(row, "decision", "filled in without a decision")
        if action is None or len(self.faults) > before:
            return None
        if action == "confirm" and other:
            action = "correct"
        version = int(said["version"]) if said["version"].isdecimal() else item.version
        reason = visible(said["own_reason"])
        return Ask(item.item_id, action, version, treatment=treatment, implementer=implementer, reason=reason)

    def _item(self, row: Sequence[Any], said: Mapping[str, str]) -> Item | None:
        item = self._known.get(said["id"])
        if item is None:
            self._fault(row, "id", "no such finding in this report")
        elif item.item_id in self._seen:
            self._fault(row, "id", "this finding stands in a row above")
        elif said["quote"] != _as_kept(item.quote):
            self._fault(row, "quote", "the quote was changed")
        elif said["target"] != item.target:
            self._fault(row, "target", "the target was changed")
        else:
            self._seen.add(item.item_id)
        return item

    def _changed(self, row: Sequence[Any], said: Mapping[str, str], item: Item) -> tuple[str | None, str | None]:
        """Treatment and implementer where they are others than the item's; "" where they were emptied."""
        treatment, implementer = said["treatment"], said["implementer"]
        if treatment and treatment not in TREATMENTS:
            self._fault(row, "treatment", f"no such treatment: {treatment}")
        if implementer and implementer not in {item.implementer, *self._program.body_by_id}:
            self._fault(row, "implementer", f"no such implementer: {implementer}")
        return (
            treatment if treatment != (item.treatment or "") else None,
            implementer if implementer != (item.implementer or "") else None,
        )

    def _said(self, cell: Any) -> str:
        if cell.data_type == "f":
            self.faults.append(f"{cell.coordinate}: a formula")
            return ""
        return "" if cell.value is None else str(cell.value).strip()

    def _fault(self, row: Sequence[Any], key: str, what: str) -> None:
        self.faults.append(f"{row[_PLACE[key]].coordinate}: {what}")


def _as_kept(quote: str) -> str:
    """A quote as a cell keeps it."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return shortened(ILLEGAL_CHARACTERS_RE.sub(" ", quote)).strip()
