"""What this package says of a report or a request: the sentences in its code that officers may come to read."""

import ast
from collections.abc import Iterator
from pathlib import Path

NLP = Path(__file__).resolve().parent.parent / "nlp"
PLACES = (
    "desk/api/*.py", "desk/app.py", "desk/blind.py", "desk/copying.py", "desk/faults.py", "desk/gate.py",
    "desk/inbox.py", "desk/pictures.py", "desk/shield.py", "review/batch.py", "review/deciding.py", "review/inbox.py",
    "review/intake.py", "review/log.py", "review/passed.py", "review/readings.py", "review/rules.py",
    "review/sheet.py", "review/spreading.py", "copies/__init__.py", "copies/sheet.py", "copies/word.py",
    "copies/pdf.py", "copies/word_package.py", "readers/**/*.py", "contacts/*.py", "structure/*.py",
)  # fmt: skip
FIRST = {  # functions whose arguments are said, and from which one on
    "DeskFault": 1, "Missing": 1, "Forbidden": 1, "UsageError": 1, "Conflict": 1, "StoreError": 1, "Misdirected": 1,
    "Refused": 1, "UnreadableDocument": 2, "lose": 0, "_lost": 1, "_corrupt": 0, "corrupt": 0, "_unsupported": 0,
    "Loss": 0, "_fault": 2,
}  # fmt: skip
NAMED = {"reason", "hint", "INSTALL", "CONVERT", "MUMBLED", "MASKED", "UNKNOWN", "partial", "loss"}
LOSSES = {"_LOST", "LOST", "_DOUBTFUL", "_DOUBTS"}
HOLE = "7"


def sentences() -> dict[str, str]:
    """Sentences, with `HOLE` where a value goes, and the module that says each."""
    found: dict[str, str] = {}
    for pattern in PLACES:
        for path in sorted(NLP.glob(pattern)):
            for said in _said(ast.parse(path.read_text("utf-8"))):
                found.setdefault(said, str(path.relative_to(NLP)))
    return found


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "__init__" and _is_super(node):
                yield from _texts(node.args[1:])
            yield from _texts(node.args[FIRST.get(name, 99) :])
            yield from _texts([word.value for word in node.keywords if word.arg in ("loss", "hint", "reason", "fault")])
            if name == "append" and _name(getattr(node.func, "value", node)) == "troubles":
                yield from _texts(node.args)
        elif isinstance(node, ast.Subscript) and _name(node.value) in ("faults", "losses"):
            yield from _texts([node.slice])
        elif isinstance(node, ast.Assign) and {*map(_name, node.targets)} & (NAMED | LOSSES):
            yield from _texts([node.value])
        elif isinstance(node, ast.Constant) and str(node.value).endswith(" left out"):
            yield str(node.value)
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Tuple)
            and any(isinstance(one, ast.Tuple) and {*map(_name, one.elts)} & NAMED for one in node.targets)
        ):
            yield from _texts(node.value.elts[:1])


def _is_super(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "super()"


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Dict | ast.BoolOp):
            yield from _texts(node.values)
        elif isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
            if any(letter.isalpha() for letter in text) and " " in text.strip():
                yield text
