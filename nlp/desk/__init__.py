"""The desk: pages and an HTTP interface over the rooms of `nlp.review`."""
