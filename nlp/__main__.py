"""``python -m nlp`` is the command ``evmap``."""

from nlp.cli import main

main()
