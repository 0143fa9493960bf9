"""Simulated officers on a PostgreSQL of their own: ``python -m tests.officers [OPTIONS of evmap bench desk]``."""
