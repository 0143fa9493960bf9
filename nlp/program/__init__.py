"""Programmes: labels in one or two levels, their implementers and the concordance, in our own words.

A programme is a folder of YAML files (`program.yaml` says what it is and what it has); the shipped one is
``corpus/program/``, others stand under ``corpus/programs/`` or wherever a user keeps them.
"""

from nlp.program.checks import check_program
from nlp.program.loading import asked_program, find_program, load_program, shipped_programs, using
from nlp.program.recorded import recorded_program, remember, travels
from nlp.program.records import (
    KINDS,
    LANGUAGES,
    Activity,
    Body,
    Charter,
    GeneralObjective,
    Group,
    Label,
    Language,
    Level,
    Program,
    label_text,
)

__all__ = [
    "KINDS",
    "LANGUAGES",
    "Activity",
    "Body",
    "Charter",
    "GeneralObjective",
    "Group",
    "Label",
    "Language",
    "Level",
    "Program",
    "asked_program",
    "check_program",
    "find_program",
    "label_text",
    "load_program",
    "recorded_program",
    "remember",
    "shipped_programs",
    "travels",
    "using",
]
