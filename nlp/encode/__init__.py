"""Encoders: text in, unit vectors out, behind one table."""
