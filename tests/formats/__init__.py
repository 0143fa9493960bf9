"""Open formats in tests: folders to export, what the standards ask, a table of it (python -m tests.formats)."""
