"""A corpus of any size for measuring the batch: our own training documents recombined, in the formats that come in.

`python -m tests.batch FOLDER --documents 2000 --seed 7` writes `FOLDER/documents/` and, beside it,
`FOLDER/manifest.jsonl`: a row a file with what the ledger must say of it. The same seed gives the same bytes.
"""
