"""What is committed is in our own words: no long run of words stands in an official document."""

import subprocess
from pathlib import Path

import pytest

from nlp.annotations import overlap

ROOT = Path(__file__).resolve().parent.parent
OFFICIAL = ROOT.parent / "shared" / "documents"
RUN = 12  # words; shorter runs are names of organs and set phrases
TEXTS = {".py", ".md", ".yaml", ".jsonl", ".json", ".html", ".txt", ".j2", ".js"}


def runs(text: str) -> set[str]:
    return set(overlap.runs(text, overlap.Names(()), RUN))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official documents are not beside this checkout")
def test_nothing_is_copied_from_an_official_document():
    official = set().union(*(runs(path.read_text("utf-8")) for path in OFFICIAL.glob("*.txt")))
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copied = {}
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.suffix in TEXTS and path.is_file() and (found := runs(path.read_text("utf-8", "replace")) & official):
            copied[name] = sorted(found)[:2]
    assert not copied
