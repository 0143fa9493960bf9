"""Settings: one door, each value checked, each one described."""

import json
import math
from dataclasses import fields

import pytest
from test_cli import Command, evmap  # noqa: F401 - a fixture

from nlp.errors import UsageError
from nlp.settings import Settings, describe, unknown_variables, variable_of

NUMBERS = [item.name for item in fields(Settings) if isinstance(item.default, float) or type(item.default) is int]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, 0, math.nan, math.inf, 10**19])
def test_a_number_out_of_range_is_refused_by_its_name(name: str, value: float):
    if value == 0 and name in {"ocr_seconds", "ray_readers"}:  # none at all, and as many as map
        assert getattr(Settings(**{name: 0}), name) == 0
        return
    with pytest.raises(UsageError, match=variable_of(name)):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("said", "meant"),
    [("1", True), ("Yes", True), (" on ", True), ("0", False), ("false", False), ("NO", False), ("", False)],
)
def test_yes_and_no(said: str, meant: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_KEEP_CONTACTS", said)
    assert Settings.load().keep_contacts is meant


@pytest.mark.parametrize("said", ["perhaps", "2"])
def test_neither_yes_nor_no(said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_KEEP_CONTACTS", said)
    with pytest.raises(UsageError, match=r"EVMAP_KEEP_CONTACTS.*neither yes nor no"):
        Settings.load()


def test_every_setting_says_what_it_does():
    rows = {row.variable: row for row in describe()}
    assert set(rows) >= {variable_of(item.name) for item in fields(Settings)} | {"EVMAP_CACHE", "EVMAP_HOME"}
    assert all(row.about for row in rows.values())
    assert all(rows[variable_of(name)].unit for name in NUMBERS)


def test_the_command(evmap: Command, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    monkeypatch.setenv("EVMAP_MAX_PAGES", "50")
    monkeypatch.setenv("EVMAP_MAX_PAGE", "50")
    said = evmap("settings", "--json")
    found = {row["variable"]: row for row in json.loads(said.out)}
    assert (found["EVMAP_MAX_PAGES"]["value"], found["EVMAP_MAX_PAGES"]["source"]) == (50, "environment")
    assert (found["EVMAP_MAX_PAGES"]["default"], found["EVMAP_MAX_PAGES"]["unit"]) == (2000, "pages")
    assert found["EVMAP_MAX_BYTES"]["source"] == "default"
    assert "EVMAP_MAX_PAGE is set" in said.err
    assert unknown_variables() == ["EVMAP_MAX_PAGE"]
    assert "EVMAP_MAX_PAGES = 50 pages (environment)" in evmap("settings").out
    monkeypatch.setenv("EVMAP_ZIP_RATIO", "-3")
    said = evmap("settings")
    assert (said.code, "EVMAP_ZIP_RATIO: -3 is not more than 0" in said.err) == (2, True)
