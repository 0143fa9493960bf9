"""A run of a million links that never was, to open, filter, pivot and draw."""
