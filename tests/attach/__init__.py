"""Decisions on documents that are then read otherwise, where the truth is known.

`python -m tests.attach --decisions 1000`
"""
