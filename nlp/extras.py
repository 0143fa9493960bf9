"""Optional libraries, loaded when first needed, with the command that brings them when they are absent."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from nlp.errors import MissingExtra

NOTEBOOK = "notebook"


def need(module: str, extra: str = NOTEBOOK, feature: str = "") -> ModuleType:
    """Return an optional module.

    Args:
        extra: what brings it. feature: what it is needed for; the module's own name by default.

    Raises:
        MissingExtra: if it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise  # it is there, and something that it needs is not
        raise MissingExtra(feature or module, extra) from None
