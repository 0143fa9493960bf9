"""Benchmarks: our parts beside their peers in one run. They print figures; no test depends on them."""
