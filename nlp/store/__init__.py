"""What a run knows, in a database: SQLite in the output folder, or PostgreSQL.

`rows` holds what goes in and comes out and loads nothing heavy; `store` is the door; `lock` keeps a second run out.
Without SQLAlchemy: `rows`, `lock`. To change the tables: `tables`, then a new file in `migrations/versions/`, whose
number becomes `tables.VERSION`.
"""
