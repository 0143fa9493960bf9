"""The documentation site: `.venv/bin/sphinx-build -W -b html scripts/docs build/site`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

import generated  # noqa: E402

from nlp import __version__  # noqa: E402

project, author, release = "evmap", "the evmap project", __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
html_theme = "furo"  # brings its own styles and fonts: nothing is fetched
html_title = "evmap"
html_copy_source = False
html_show_copyright = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": False}
napoleon_google_docstring, napoleon_numpy_docstring = True, False
napoleon_use_ivar = True
myst_enable_extensions = ["attrs_block", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["pictures/README.md"]


def setup(app: Any) -> None:
    """Write the pages that come from the code before the sources are looked for."""
    app.connect("builder-inited", lambda _: generated.write(HERE / "reference"))
