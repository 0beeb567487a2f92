"""The command itself; the commands under it are registered by the modules of their subjects."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.run import line

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            line(f"investai {version('investai-optimiser')}")
        except PackageNotFoundError:
            line("investai (from source)")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Decides how a layered fund is spent, and defends it.

    Exit codes: 0 optimal, 1 error, 2 usage, 3 invalid scenario,
    4 infeasible, 5 limit reached with a plan, 6 limit reached without one,
    7 unbounded, 8 part of a batch failed, 130 interrupted.
    """
