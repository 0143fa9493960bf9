"""python -m tests.million FOLDER: rows and texts of 50,000 documents with 1,000,000 links, closed as a run closes them.

Then: evmap bench corpus FOLDER
"""

import argparse
import time
from pathlib import Path

from nlp.classify.heads import read_manifest
from nlp.pipeline import choose_model
from nlp.program import load_program
from nlp.settings import Settings
from nlp.writers.closing import close
from tests.scale import write_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=51_021, help="inputs, of which every 50th cannot be read")
    parser.add_argument("--links", type=int, default=20, help="links of each document")
    parser.add_argument("--passages", type=int, default=10, help="passages of each document")
    asked = parser.parse_args()
    clock, program = time.monotonic(), load_program()
    drafts = write_rows(asked.folder, asked.documents, asked.links, asked.passages)
    lanes = read_manifest(choose_model(Settings(), print)[1])["lanes"]
    read = asked.documents - asked.documents // 50
    counts = {
        "inputs": asked.documents,
        "documents": read,
        "passages": read * asked.passages,
        "links": read * asked.links,
    }
    told = {"encoder": "none", "model": "none", "program": program.digest, "settings": {}, "lanes": lanes}
    close(asked.folder, drafts, {**told, "counts": counts, "seconds": {}}, program)
    print(f"{counts}: {time.monotonic() - clock:.0f} s")


if __name__ == "__main__":
    main()
