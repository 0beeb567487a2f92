"""The arguments and options of the commands, and what they mean together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.cli.run import say
from optimiser.messages import LANGUAGES

if TYPE_CHECKING:
    from optimiser.report.files import CsvFormat, Target
    from optimiser.scenario.scenario import Scenario
    from optimiser.solve.options import SolveOptions


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(say("usage.language", language=value, known=", ".join(LANGUAGES)))
    return value


def _out(value: str | None) -> str | None:
    if value is not None:
        target_called(value)
    return value


def _csv_format(value: str) -> str:
    if value not in ("en", "fr"):
        raise typer.BadParameter(say("usage.csv-format", format=value))
    return value


def _settings(values: list[str] | None) -> list[str]:
    settings_of(values or [])
    return values or []


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A scenario file (JSON, YAML, XLSX), the id of a carried scenario, or - for standard input.",
    ),
]
PlanFile = Annotated[
    str,
    typer.Argument(metavar="PLAN", help="A JSON file with the plan's money, or a whole result; - for standard input."),
]
KeepPlan = Annotated[
    str | None,
    typer.Option("--keep", metavar="PLAN", help="A plan that is out: change as little of it as the rules allow."),
]
SignedUntil = Annotated[
    int | None,
    typer.Option("--signed-until", metavar="YEAR", help="With --keep: its money up to and with this year stays."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the service answers, and nothing else.")]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="PATH",
        callback=_out,
        help="Save the answer: a .json file, a .csv file (the money), an .xlsx workbook, or a folder/ with everything.",
    ),
]
CsvStyle = Annotated[
    str,
    typer.Option(
        "--csv-format",
        metavar="en|fr",
        callback=_csv_format,
        help="How CSV is written: fr has semicolons and decimal commas, for a French Excel.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="POINTER=VALUE",
        callback=_settings,
        help="Change a value first, as in /fund/tiers/eu/size=50 (repeatable).",
    ),
]
Language = Annotated[str, typer.Option("--lang", callback=_language, help="Language of the texts.", metavar="LANGUAGE")]
Solver = Annotated[
    str, typer.Option("--solver", metavar="NAME", help="highs, or any other solver that PuLP finds on this machine.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", min=0.001, metavar="SECONDS", help="Seconds for all solving, instead of the scenario's."
    ),
]
MipGap = Annotated[
    float | None,
    typer.Option("--mip-gap", min=0, max=1, metavar="SHARE", help="Relative gap that is good enough (0..1)."),
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Threads of the solver.", metavar="COUNT")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show notes and every price too.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


def target_called(out: str) -> Target:
    """Where ``--out`` points.

    Errors: BadParameter for an ending that is not known.
    """
    from optimiser.report.files import target_of

    try:
        target = target_of(out)
    except ValueError:
        raise typer.BadParameter(say("usage.out", file=out)) from None
    if target.kind == "xlsx":
        expect_openpyxl()
    return target


def expect_openpyxl() -> None:
    """Errors: BadParameter where workbooks cannot be written."""
    from importlib.util import find_spec

    if find_spec("openpyxl") is None:
        raise typer.BadParameter(say("usage.needs-openpyxl"))


def settings_of(values: Sequence[str]) -> dict[str, Any]:
    """``POINTER=VALUE`` by pointer; a value is JSON, or else text.

    Errors: BadParameter where the form is another.
    """
    settings: dict[str, Any] = {}
    for setting in values:
        pointer, equals, value = setting.partition("=")
        if not equals or not pointer.startswith("/"):
            raise typer.BadParameter(say("usage.setting", setting=setting))
        try:
            settings[pointer] = json.loads(value)
        except (ValueError, RecursionError):
            settings[pointer] = value
    return settings


def solve_options(
    scenario: Scenario, solver: str, time_limit: float | None, mip_gap: float | None, threads: int | None
) -> SolveOptions:
    """The scenario's own solver settings, with what the command line says instead.

    Errors: BadParameter for a solver that is not installed.
    """
    from dataclasses import replace

    from optimiser.allocation import options_of
    from optimiser.errors import SolverUnavailable
    from optimiser.solve.external import available_solvers, solver_called
    from optimiser.solve.session import QuietHighs

    if solver != "highs":
        # Before PuLP makes its own HiGHS, whose banner would stand in front of the answer.
        QuietHighs()
        try:
            solver = solver_called(solver)
        except SolverUnavailable:
            known = ", ".join(["highs", *available_solvers()])
            raise typer.BadParameter(say("usage.solver", solver=solver, known=known), param_hint="--solver") from None
    own = options_of(scenario, solver)
    return replace(
        own,
        time_limit_s=own.time_limit_s if time_limit is None else time_limit,
        mip_gap=own.mip_gap if mip_gap is None else mip_gap,
        threads=own.threads if threads is None else threads,
    )


def csv_format_of(value: str) -> CsvFormat:
    """The CSV format by its name."""
    return "fr" if value == "fr" else "en"
