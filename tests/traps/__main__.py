"""Write the trap documents and their truth into a folder, or one long plain PDF.

python -m tests.traps FOLDER
python -m tests.traps --pages 2000 FILE.pdf
"""

import sys
from pathlib import Path

from tests.traps.base import write
from tests.traps.catalogue import TRAPS
from tests.traps.pdf_flow import long_document

if __name__ == "__main__":
    if sys.argv[1] == "--pages":
        Path(sys.argv[3]).write_bytes(long_document(int(sys.argv[2])))
    else:
        written = write(TRAPS, Path(sys.argv[1]))
        print(f"{written} documents of {len(TRAPS)} traps in {sys.argv[1]}")
