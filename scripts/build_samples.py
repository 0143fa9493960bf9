"""Render ``corpus/sources/*.md`` to ``corpus/samples/*.{pdf,docx,html,txt}``, byte for byte the same on every run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from sample_builder.pdf import render_pdf
from sample_builder.plain import render_html, render_txt
from sample_builder.source import Source, read_source
from sample_builder.word import render_docx

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
RENDERERS: dict[str, Callable[[Source], bytes]] = {
    "pdf": render_pdf,
    "docx": render_docx,
    "html": render_html,
    "txt": render_txt,
}


def main() -> int:
    """Write every sample; with ``--check`` write nothing, and return 1 where a committed sample is stale."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed samples instead of writing")
    check = parser.parse_args().check
    rendered = {
        CORPUS / "samples" / f"{source.stem}.{source.format}": RENDERERS[source.format](source)
        for source in map(read_source, sorted((CORPUS / "sources").glob("*.md")))
    }
    on_disk = {path: path.read_bytes() for path in (CORPUS / "samples").glob("*.*")}
    stale = sorted(path for path in rendered.keys() | on_disk if rendered.get(path) != on_disk.get(path))
    for path in stale:
        print(f"{'stale' if check else 'updated' if path in rendered else 'not ours'}: {path.relative_to(CORPUS)}")
        if not check and path in rendered:
            path.write_bytes(rendered[path])
    print(f"{len(rendered)} samples, {len(stale)} of them {'stale' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
