"""What a run leaves behind: rows, tables, the evidence map. One module a kind of file."""
