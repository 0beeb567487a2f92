"""``python -m optimiser.cli`` is the command too."""

from optimiser.cli import main

main()
