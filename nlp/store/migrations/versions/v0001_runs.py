"""Runs, their inputs, and documents with their texts, passages and links."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _runs()
    _documents()
    _parts()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "state", "started", "updated", "host")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("pid", "total")),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_table(
        "inputs",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("run_id", "position")),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("document_id", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("read_seconds", "map_seconds")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], "fk_inputs_runs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_inputs"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inputs_document", "inputs", ["run_id", "document_id", "position"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("document_id", "key", "status")),
        sa.Column("reason", sa.Text),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("passages", "links")),
        sa.Column("row", sa.Text),
        sa.PrimaryKeyConstraint("document", name="pk_documents"),
        sa.UniqueConstraint("document_id", "key", name="uq_documents"),
    )
    _part("texts", sa.Column("text", sa.Text, nullable=False), key=["document"])


def _parts() -> None:
    _part("passages", _number(), *_words("passage_id", "row"), key=["document", "number"])
    probability = sa.Column("probability", sa.Double, nullable=False)
    words = _words("link_id", "target", "lane")
    _part("links", _number(), *words, probability, *_words("row"), key=["document", "number"])
    op.create_index("ix_links_target", "links", ["target", "lane"])
    op.create_index("ix_links_link", "links", ["link_id"])


def _number() -> sa.Column[Any]:
    return sa.Column("number", sa.Integer, nullable=False)


def _words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _part(name: str, *columns: sa.Column[Any], key: list[str]) -> None:
    """Make a table of something that a document holds."""
    op.create_table(
        name,
        sa.Column("document", sa.Integer, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["document"], ["documents.document"], f"fk_{name}_documents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
    )
