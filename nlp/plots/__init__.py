"""Pictures of tidy frames: offline, safe for colour-blind readers, each with its caption, counts and run."""
