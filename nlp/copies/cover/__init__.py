"""Reports to hand on: the cover of one report, the profile of an implementer or country, the brief of a corpus."""
