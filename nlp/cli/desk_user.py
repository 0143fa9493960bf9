"""evmap desk user: who may work at a desk that is served to several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from nlp.cli.speak import notice, print_table
from nlp.errors import UsageError

if TYPE_CHECKING:
    from nlp.review.records import Rank

app = typer.Typer(no_args_is_help=True, help="Who may work at a desk: codes, ranks and tokens.")
File = Annotated[Path, typer.Option("--users", help="File of users.")]
FILE = Path("users.json")


@app.command("add")
def add_command(
    name: Annotated[str, typer.Argument(help="A code, such as officer-7; no names.")],
    rank: Annotated[str, typer.Option(help="reader, officer or adjudicator.")] = "officer",
    users: File = FILE,
) -> None:
    """Add a user and print her token, once. An old token of hers ends.

    Example:

        evmap desk user add officer-7 --rank officer --users users.json
    """
    from nlp.desk.users import new_user, read_users, write_users

    known = read_users(users) if users.exists() else {}
    user, token = new_user(name, cast("Rank", rank))
    write_users(users, {**known, name: user}.values())
    notice(f"{name} ({user.rank}) is in {users}. Her token is shown this once; give it to her by a safe way:")
    print(token)


@app.command("list")
def list_command(users: File = FILE) -> None:
    """List codes and ranks."""
    from nlp.desk.users import read_users

    print_table(("user", "rank"), [(user.name, user.rank) for user in read_users(users).values()])


@app.command("remove")
def remove_command(name: str, users: File = FILE) -> None:
    """Take a user off the list; she is out at once."""
    from nlp.desk.users import read_users, write_users

    known = read_users(users)
    if name not in known:
        raise UsageError(name, f"is not in {users}", "See: evmap desk user list")
    write_users(users, [user for user in known.values() if user.name != name])
