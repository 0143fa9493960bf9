"""Optional libraries, loaded when first needed, with the command that brings them when they are absent."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from nlp.errors import MissingExtra

EXTRA = "notebook"


def need(module: str) -> ModuleType:
    """Return a module of the extra ``notebook``.

    Raises:
        MissingExtra: if it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise  # it is there, and something that it needs is not
        raise MissingExtra(module, EXTRA) from None
