"""The review desk without its pages: reports that came in, what officers decided on them, and what follows from it."""
