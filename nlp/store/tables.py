"""The tables. A document stands once per key; what it holds hangs on its number and goes when it goes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)  # fmt: skip

VERSION = "0002"  # of the newest file in migrations/versions
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "evmap_version"
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
)

runs = Table(
    "runs", METADATA,
    Column("run_id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("updated", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("settings", Text, nullable=False),
    Column("manifest", Text),
)  # fmt: skip
inputs = Table(
    "inputs", METADATA,
    Column("run_id", ForeignKey("runs.run_id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("input", Text, nullable=False),
    Column("document_id", Text),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("read_seconds", Double, nullable=False),
    Column("map_seconds", Double, nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
    Index("ix_inputs_document", "run_id", "document_id", "position"),
    sqlite_with_rowid=False,
)  # fmt: skip
documents = Table(
    "documents", METADATA,
    Column("document", Integer, primary_key=True),
    Column("document_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("passages", Integer, nullable=False),  # how many, so that counting reads no passage
    Column("links", Integer, nullable=False),
    Column("row", Text),
    UniqueConstraint("document_id", "key"),
)  # fmt: skip


def _document() -> Column[int]:
    return Column("document", Integer, ForeignKey("documents.document", ondelete="CASCADE"), nullable=False)


texts = Table("texts", METADATA, _document(), Column("text", Text, nullable=False), PrimaryKeyConstraint("document"))
passages = Table(
    "passages", METADATA,
    _document(),
    Column("number", Integer, nullable=False),
    Column("passage_id", Text, nullable=False),
    Column("row", Text, nullable=False),
    PrimaryKeyConstraint("document", "number"),
)  # fmt: skip
links = Table(
    "links", METADATA,
    _document(),
    Column("number", Integer, nullable=False),
    Column("link_id", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("probability", Double, nullable=False),
    Column("row", Text, nullable=False),
    PrimaryKeyConstraint("document", "number"),
    Index("ix_links_target", "target", "lane"),
    Index("ix_links_link", "link_id"),
)  # fmt: skip

# The desk: reports, and what officers decided. Decisions are never changed or deleted; `items` can be made from them.
reports = Table(
    "reports", METADATA,
    Column("document_id", Text, nullable=False),
    Column("name", Text, nullable=False),  # as it came
    Column("bytes", Integer, nullable=False),
    Column("received", Text, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("status", Text),
    Column("reason", Text),
    Column("key", Text),  # of the mapping that is shown: a row of `documents`
    Column("double", Integer, nullable=False),  # 1: read twice, the second time blind
    PrimaryKeyConstraint("document_id"),
)  # fmt: skip
readings = Table(
    "readings", METADATA,
    Column("document_id", ForeignKey("reports.document_id"), nullable=False),
    Column("reading", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("opened", Text, nullable=False),
    Column("closed", Text),
    PrimaryKeyConstraint("document_id", "reading"),
)  # fmt: skip
items = Table(
    "items", METADATA,
    Column("item_id", Text, nullable=False),
    Column("reading", Integer, nullable=False),
    Column("document_id", ForeignKey("reports.document_id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision_id", Integer, nullable=False),  # the last that changed it
    Column("row", Text, nullable=False),
    PrimaryKeyConstraint("item_id", "reading"),
    Index("ix_items_document", "document_id", "reading"),
    Index("ix_items_target", "target", "state"),
)  # fmt: skip
decisions = Table(
    "decisions", METADATA,
    Column("decision_id", Integer, primary_key=True),
    Column("document_id", ForeignKey("reports.document_id"), nullable=False),
    Column("item_id", Text, nullable=False),
    Column("reading", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # of the item, after it
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("batch", Text, nullable=False),  # what was decided, and is undone, together
    Column("row", Text, nullable=False),
    UniqueConstraint("item_id", "reading", "version"),
    Index("ix_decisions_document", "document_id", "decision_id"),
    Index("ix_decisions_batch", "batch"),
    Index("ix_decisions_who", "who", "decision_id"),
    sqlite_autoincrement=True,
)  # fmt: skip
