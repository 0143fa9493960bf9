"""Row files of runs that never were, of any size, and how long closing them takes.

    python -m tests.scale FOLDER --documents 50000 --links 20

writes them as drafts into FOLDER, closes the run, and prints seconds and the peak of memory.
"""

import argparse
import hashlib
import json
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from nlp.program import load_program
from nlp.writers.closing import close, draft_of

HOSTILE = '<img src=x onerror="document.title=1"> </script><script>alert(1)</script> {{7*7}} =1+1 \u202eback'
WORDS = "the ministry consulate opened office for migrants who return children shelter programme training state".split()
KINDS = ("report", "resolution", "declaration", "mandates", "other")
BODIES = ("cim", "cidh", "", "")
NAMES = ("ledger.jsonl", "documents.jsonl", "passages.jsonl", "links.jsonl")


def write_rows(
    out: Path, documents: int, links: int = 20, passages: int = 10, silent: tuple[str, ...] = ()
) -> dict[str, Path]:
    """Write drafts of the row files and texts of a run into `out`; return name -> draft, as `close` wants them.

    Every 50th input cannot be read, every 40th is read in part, titles and quotes of every 25th are hostile.

    Args:
        links, passages: how many in each document, at most 120 links a passage. silent: targets nobody reports on.
    """
    program, chance = load_program(), random.Random(7)
    targets = [target for target in program.targets if target not in silent]
    out.mkdir(parents=True, exist_ok=True)
    drafts = {name: draft_of(out, name) for name in (*NAMES, "text")}
    drafts["text"].mkdir()
    files = {name: drafts[name].open("w", encoding="utf-8") for name in NAMES}
    for number in range(documents):
        for name, row in _rows(number, links, passages, targets, chance, drafts["text"]):
            files[name].write(json.dumps(row, ensure_ascii=False) + "\n")
    for file in files.values():
        file.close()
    return drafts


def _rows(
    number: int, links: int, passages: int, targets: list[str], chance: random.Random, texts: Path
) -> Iterator[tuple[str, dict]]:
    identity = hashlib.sha256(str(number).encode()).hexdigest()
    name, hostile = f"in/{number % 97}/file {number}.pdf", number % 25 == 3
    if number % 50 == 49:
        yield "ledger.jsonl", _entry(name, None, "corrupt", f"torn {HOSTILE}. Save it again.", 0, 0)
        return
    partial = number % 40 == 7
    reason = "page 4 was left out. Split it." if partial else None
    yield "ledger.jsonl", _entry(name, identity, "partial" if partial else "ok", reason, passages, links)
    title = f"Report {number} on {' '.join(chance.choices(WORDS, k=5))}" + (f" {HOSTILE}" if hostile else "")
    yield "documents.jsonl", _document(number, identity, name, title, passages, links)
    text, place, made = [], 0, links
    for index in range(passages):
        sentences = [f"{' '.join(chance.choices(WORDS, k=14)).capitalize()} é 🙂." for _ in range(3)]
        sentences += [HOSTILE] if hostile and index == 0 else []
        body = " ".join(sentences)
        passage = hashlib.sha256(f"{number} {index}".encode()).hexdigest()[:16]
        chances = {target: round(chance.random() ** 6, 6) for target in targets}
        body_id = chance.choice(BODIES) or None
        yield "passages.jsonl", _passage(identity, passage, place, body, body_id, chances)
        share = made // (passages - index)
        made -= share
        for target in chance.sample(targets, share):
            quote = sentences[-1 if hostile and index == 0 else chance.randrange(len(sentences))]
            start = place + body.index(quote)
            yield "links.jsonl", _link(identity, passage, target, chances[target], quote, start, body_id)
        text.append(body)
        place += len(body) + 1
    (texts / f"{identity}.txt").write_bytes("\n".join(text).encode())


def _entry(name: str, identity: str | None, status: str, reason: str | None, passages: int, links: int) -> dict:
    row = {"input": name, "document_id": identity, "status": status, "reason": reason, "media_type": "application/pdf"}
    row |= {"pages": 9, "characters": 100, "passages": passages, "links": links, "cells": 0, "losses": {}}
    return row | {"strange": None, "seconds": round(time.monotonic() % 1, 3), "same_as": None}


def _document(number: int, identity: str, name: str, title: str, passages: int, links: int) -> dict:
    row = {"document_id": identity, "inputs": [name], "title": title, "symbol": f"AG/RES. {number}"}
    row |= {"kind": KINDS[number % 5], "language": ("en", "es", "pt", "fr")[number % 4], "text_file": ""}
    row |= {"date": f"{1990 + number % 35}-05-01", "text_file": f"text/{identity}.txt", "pages": 9}
    return row | {"passages": passages, "links": links, "strange": number % 30 == 1}


def _passage(identity: str, passage: str, start: int, body: str, who: str | None, chances: dict[str, float]) -> dict:
    row = {"passage_id": passage, "document_id": identity, "start": start, "end": start + len(body), "page": 3}
    row |= {"bbox": [1.0, 2.0, 3.0, 4.0], "section": ["Part II", HOSTILE], "implementer": who}
    row |= {"implementer_text": f"Office {HOSTILE}", "reference": None, "role": "activity", "treatment": "done"}
    row |= {"language": "en", "kind": "paragraph", "lead_in": None, "number": "7.a", "clause": None}
    return row | {"summit": None, "year": None, "probabilities": chances}


def _link(
    identity: str, passage: str, target: str, probability: float, quote: str, start: int, who: str | None
) -> dict:
    name = hashlib.sha256(f"{passage} {target}".encode()).hexdigest()[:16]
    row = {"link_id": name, "document_id": identity, "passage_id": passage, "target": target}
    row |= {"probability": probability, "lane": "suggested" if probability > 0.5 else "review", "quote": quote}
    row |= {"start": start, "end": start + len(quote), "page": 3, "bbox": [1.0, 2.0, 3.0, 4.0], "prefix": "a" * 32}
    why = {"sentences": [{"start": start, "end": start + len(quote), "drop": 0.4}], "terms": ["shelter"]}
    why["examples"] = [{"id": f"train-{n}", "similarity": 0.8, "text": f"{quote} {HOSTILE}"} for n in range(3)]
    return row | {"suffix": "", "implementer": who, "treatment": "done", "why": why, "model": "m", "program": "p"}


def peak() -> float:
    """Largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the closing of a run that never was.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--links", type=int, default=100, help="links of each document")
    parser.add_argument("--passages", type=int, default=10, help="passages of each document")
    asked = parser.parse_args()
    clock = time.monotonic()
    drafts = write_rows(asked.folder, asked.documents, asked.links, asked.passages)
    sizes = ", ".join(f"{name} {drafts[name].stat().st_size / 1e6:.0f} MB" for name in NAMES)
    print(f"rows: {time.monotonic() - clock:.1f} s, {sizes}; peak {peak():.0f} MB")
    clock, work = time.monotonic(), time.process_time()
    close(asked.folder, drafts, {"counts": {"inputs": asked.documents}, "seconds": {}}, load_program())
    page = (asked.folder / "report.html").stat().st_size / 1e6
    spent = f"{time.monotonic() - clock:.1f} s ({time.process_time() - work:.1f} s of one core)"
    print(f"closing: {spent}, report.html {page:.1f} MB; peak {peak():.0f} MB")


if __name__ == "__main__":
    main()
