"""Good files, damaged at random by a seed, through the real reading child: only listed statuses may come out.

`python -m tests.fuzz --minutes 30` prints a table of statuses and keeps every case that deserves a look.
"""
