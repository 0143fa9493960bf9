"""evmap show: a finished mapping in the terminal, with its quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from nlp.cli.options import Language, Mapped, RunProgram
from nlp.cli.speak import plain, print_json
from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.seal import require_finished

if TYPE_CHECKING:
    from nlp.program import Program


def show_command(
    out: Mapped,
    target: Annotated[str | None, typer.Option("--target", "-t", help="Only objective:N or activity:N.")] = None,
    document: Annotated[
        str | None, typer.Option("--document", "-d", help="Only documents whose name has this.")
    ] = None,
    lane: Annotated[Literal["suggested", "review"] | None, typer.Option(help="Only this lane.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Quotes a target, the surest first.")] = 2,
    language: Annotated[Language, typer.Option("--language", "-l", help="Language of the titles.")] = "en",
    program: RunProgram = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as JSON.")] = False,
) -> None:
    """Show which targets each document addresses, with the sentences that prove it.

    Examples:

        evmap show out

        evmap show out --target activity:54 --limit 10

        evmap show out --document annual-report --lane suggested
    """
    from nlp.program import load_program, recorded_program

    codebook = load_program(program) if program else recorded_program(out)
    if target is not None and target not in codebook.labels:
        raise UsageError(target, "no such target", f"Write {codebook.written}")
    links = [link for link in _links(out, document) if _wanted(link, target, lane)]
    if as_json:
        return print_json(links)
    if not links:
        print("no link there")
    _print(links, limit, language, codebook)
    if any(link.get("probability_kind") == "zero-shot" for link in links):
        print(
            "\nThe numbers are zero-shot estimates, no calibrated probabilities: nobody annotated this programme yet."
        )
    return None


def _links(out: Path, document: str | None) -> Iterator[dict[str, Any]]:
    require_finished(out, ("documents.jsonl", "links.jsonl"))
    named = {}
    for row in read_rows(out / "documents.jsonl"):
        if document is None or any(
            document in name for name in [*row["inputs"], row["title"] or "", row["symbol"] or ""]
        ):
            named[row["document_id"]] = Path(row["inputs"][0]).name
    for link in read_rows(out / "links.jsonl"):
        if link["document_id"] in named:
            yield {**link, "document": named[link["document_id"]]}


def _wanted(link: dict[str, Any], target: str | None, lane: str | None) -> bool:
    return target in (None, link["target"]) and lane in (None, link["lane"])


def _print(links: list[dict[str, Any]], limit: int, language: str, program: Program) -> None:
    from rich.console import Console
    from rich.text import Text

    from nlp.display import title_of

    console = Console(highlight=False)
    places = {target: number for number, target in enumerate(program.targets)}
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        groups[link["document"], link["document_id"], link["target"]].append(link)
    last = None
    for (document, identity, target), found in sorted(groups.items(), key=lambda g: (*g[0][:2], places[g[0][2]])):
        if identity != last:
            console.print(Text(f"\n{plain(document)}", style="bold"))
            last = identity
        console.print(Text(f"  {target}  {title_of(program, target, language)}  ({len(found)})", style="cyan"))
        for link in sorted(found, key=lambda row: -row["probability"])[:limit]:
            facts = [f"{link['probability']:.2f} {link['lane']}", link["implementer"], link["treatment"]]
            facts += [f"p. {link['page']}"] if link["page"] else []
            console.print(Text(f"    {', '.join(filter(None, facts))}", style="dim"))
            console.print(Text(f"    “{plain(link['quote'])}”"))
