"""Runs migrations on the connection that `nlp.store.opening` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from nlp.store.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite can, now that SQLAlchemy says BEGIN
)
with context.begin_transaction():
    context.run_migrations()
