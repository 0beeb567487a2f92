"""The command ``investai``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command with the arguments of the process, and end it with the exit code."""
    try:
        from optimiser.cli.app import app
        from optimiser.cli.run import fail, hear_interrupts, leave

        hear_interrupts()
        try:
            app(prog_name="investai")
        except SystemExit as ended:
            leave(ended.code)
        except Exception as error:
            # Whatever fails while the arguments are read, before a command has begun.
            leave(fail(error))
    except KeyboardInterrupt:
        # Ctrl-C while the program is still being loaded.
        sys.exit(130)
