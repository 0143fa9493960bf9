"""The engine of a cluster: actors read and map wherever Ray has room, and this one decides, carries and keeps.

Plain actors and not Ray Data: Ray Data repeats a whole block when an actor dies, without end for a file that kills
its reader each time, knows no time limit for one document and cannot ask half-way whether a document is known. Here
each document is one call to one actor, so that what is lost, late or deadly is exactly one document, which is tried
`engines.ray.engine.TRIES` times. What a reader packed stays in Ray's object store until an encoder fetches it; only
short words and finished rows pass through the driver. It alone writes the shards, so none is written twice.

The run is started on a machine of the cluster; all machines see the inputs under the same paths, and have the same
evmap, encoder and model (each says so before it gets a document).
"""
