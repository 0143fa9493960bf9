"""`evmap map` killed at random moments, and what it leaves compared with an undisturbed run.

`python -m tests.kills FOLDER --count 200 --documents 300`; a run that was stopped goes on where it was.
"""
