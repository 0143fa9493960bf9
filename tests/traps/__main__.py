"""Write the trap documents and their truth into a folder."""

import sys
from pathlib import Path

from tests.traps.base import write
from tests.traps.catalogue import TRAPS

if __name__ == "__main__":
    written = write(TRAPS, Path(sys.argv[1]))
    print(f"{written} documents of {len(TRAPS)} traps in {sys.argv[1]}")
