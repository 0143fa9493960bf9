"""``python -m tests.officers``: evmap bench desk on a throw-away PostgreSQL whose commits wait for the disk."""

import sys
import tempfile
from pathlib import Path

from nlp.cli import main
from tests.desks import database
from tests.storing import server

with server(durable=True) as folder, database(folder) as url, tempfile.TemporaryDirectory() as desk:
    sys.argv = ["evmap", "bench", "desk", str(Path(desk) / "desk"), "--store", url, *sys.argv[1:]]
    main()
