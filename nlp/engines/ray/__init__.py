"""The engine of a cluster: actors read and map wherever Ray has room, and this one decides, carries and keeps.

Plain actors and not Ray Data: Ray Data repeats a whole block when an actor dies, without end for a file that kills
its reader each time, knows no time limit for one document and cannot ask half-way whether a document is known. Here
each document is one call to one actor, so that what is lost, late or deadly is exactly one document, which is tried
`engines.ray.engine.TRIES` times. What a reader packed stays in Ray's object store until an encoder fetches it; only
short words and finished rows pass through the driver. It alone writes the shards, so none is written twice.

The run is started on a machine of the cluster; all machines see the inputs under the same paths, and have the same
evmap, encoder and model (each says so before it gets a document).
"""

from __future__ import annotations

import os
import secrets
import sys

from nlp.settings import Settings


def address_of(settings: Settings) -> str:
    """Return the address of the cluster that is to be joined, "" to start one."""
    return settings.ray_address or os.environ.get("RAY_ADDRESS", "")


def prepare(settings: Settings) -> None:
    """Have Ray tell nobody that it is used, and a cluster that is started here obey nobody but us.

    Ray looks at its environment when it is imported; a token that comes later is none. Its processes listen on all
    addresses of the machine, so without one of our own whoever reads the user's home could have it run things.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    own = "ray" not in sys.modules and not address_of(settings)
    if own and not any(name.startswith("RAY_AUTH_") for name in os.environ):
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
