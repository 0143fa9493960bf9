"""Reports on the desk, their readings, and what officers decided."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _reports()
    _items()
    _decisions()


def _reports() -> None:
    op.create_table(
        "reports",
        *_words("document_id", "name"),
        _number("bytes"),
        *_words("received", "received_by", "state"),
        *(sa.Column(name, sa.Text) for name in ("status", "reason", "key")),
        _number("double"),
        sa.PrimaryKeyConstraint("document_id", name="pk_reports"),
    )
    op.create_table(
        "readings",
        *_words("document_id"),
        _number("reading"),
        *_words("who", "opened"),
        sa.Column("closed", sa.Text),
        _of_report("readings"),
        sa.PrimaryKeyConstraint("document_id", "reading", name="pk_readings"),
    )


def _items() -> None:
    op.create_table(
        "items",
        *_words("item_id"),
        _number("reading"),
        *_words("document_id", "state", "target"),
        _number("version"),
        _number("decision_id"),
        *_words("row"),
        _of_report("items"),
        sa.PrimaryKeyConstraint("item_id", "reading", name="pk_items"),
    )
    op.create_index("ix_items_document", "items", ["document_id", "reading"])
    op.create_index("ix_items_target", "items", ["target", "state"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        _number("decision_id"),
        *_words("document_id", "item_id"),
        _number("reading"),
        _number("version"),
        *_words("who", "at", "action", "batch", "row"),
        _of_report("decisions"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
        sa.UniqueConstraint("item_id", "reading", "version", name="uq_decisions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_document", "decisions", ["document_id", "decision_id"])
    op.create_index("ix_decisions_batch", "decisions", ["batch"])
    op.create_index("ix_decisions_who", "decisions", ["who", "decision_id"])


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _of_report(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["document_id"], ["reports.document_id"], f"fk_{name}_reports")
