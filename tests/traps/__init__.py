"""A corpus of small documents that each hold one trap for readers, with the truth about them.

`python -m tests.traps FOLDER` writes every document and, beside it, `NAME.truth.json`. `evmap bench extract FOLDER`
reads them with our readers and with others. All wording is our own; every fact is invented.
"""
