"""Write the hostile inputs into a folder, to look at: python -m tests.torture FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # as pytest finds them

from torture.base import write
from torture.catalogue import FILES

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for case in FILES:
        write(case, folder / "inputs" / ("tight" if case.tight else "usual"))
    print(f"{len(FILES)} inputs of {len({case.row for case in FILES})} rows in {folder}")
