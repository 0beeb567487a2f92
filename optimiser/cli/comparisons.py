"""``compare``, ``diff``: several strategies on one scenario, and what differs between two."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from optimiser.cli.answer import asked, give
from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    File,
    Language,
    MipGap,
    Out,
    Settings,
    Solver,
    Threads,
    TimeLimit,
    Verbose,
    solve_options,
)
from optimiser.cli.root import app
from optimiser.cli.run import guarded, say
from optimiser.cli.source import STDIN, expect, load, scenario_path
from optimiser.result.exit_codes import Exit, exit_code

if TYPE_CHECKING:
    from optimiser.scenario.load import Loaded

T = TypeVar("T")

Side = Annotated[
    str,
    typer.Argument(metavar="A", help="A scenario (file or id), or a saved result (JSON); - for standard input."),
]
OtherSide = Annotated[str, typer.Argument(metavar="B", help="What A is compared with.")]


def _strategies(value: str | None) -> str | None:
    if value is not None:
        strategies_of(value)
    return value


def strategies_of(value: str) -> list[Any]:
    """Names joined by commas, or a JSON list.

    Errors: BadParameter where it is neither.
    """
    if not value.lstrip().startswith("["):
        return [name.strip() for name in value.split(",") if name.strip()]
    try:
        wanted = json.loads(value)
    except (ValueError, RecursionError):
        raise typer.BadParameter(say("usage.strategies", value=value[:60])) from None
    if not isinstance(wanted, list):
        raise typer.BadParameter(say("usage.strategies", value=value[:60]))
    return wanted


Strategies = Annotated[
    str | None,
    typer.Option(
        "--strategies",
        metavar="A,B",
        callback=_strategies,
        help="Which to compare, as in rank-and-cut:skip=false,share-by-key:key=gdp (or a JSON list); all that apply "
        "if absent.",
    ),
]


@app.command()
@guarded
def compare(
    file: File,
    strategies: Strategies = None,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    solver: Solver = "highs",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Compare strategies on one scenario: who is in and out, and what each gives up."""
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.report.comparisons import comparison_page
    from optimiser.strategies.comparison import compare as compared

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    wanted = None if strategies is None else strategies_of(strategies)
    answer = asked(lambda: compared(loaded, wanted, options, lang), lang, as_json)
    page = partial(comparison_page, answer, lang, verbose, file)
    give(answer, page, as_json, out, csv_format, lang, "comparison")
    late = bool(answer.comparison.unsolved) or any(r.termination == "time_limit" for r in answer.results)
    first = answer.results[0] if answer.results else None
    code = exit_code(first.termination, first.has_allocation) if first is not None else Exit.LIMIT_WITHOUT_PLAN
    raise typer.Exit(Exit.LIMIT_WITH_PLAN if late and code == Exit.OPTIMAL else code)


@app.command()
@guarded
def diff(
    a: Side,
    b: OtherSide,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    solver: Solver = "highs",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Say what differs between two scenarios or results: inputs, decisions, money. --set changes B only."""
    if a == b == STDIN:
        raise typer.BadParameter(say("usage.one-stdin", lang), param_hint="B")
    from optimiser.report.comparisons import difference_page
    from optimiser.scenario.load import Loaded
    from optimiser.study.differences import difference

    before, after = _side(a, [], lang, as_json), _side(b, settings or [], lang, as_json)
    scenario = next((side.expect() for side in (before, after) if isinstance(side, Loaded)), None)
    options = None if scenario is None else solve_options(scenario, solver, time_limit, mip_gap, threads)
    answer = asked(lambda: difference(before, after, options, lang), lang, as_json)
    give(answer, partial(difference_page, answer, lang, (a, b)), as_json, out, csv_format, lang, "difference")
    codes = (exit_code(side.termination, side.has_allocation) for side in (answer.before, answer.after))
    raise typer.Exit(next((code for code in codes if code != Exit.OPTIMAL), Exit.OPTIMAL))


def _side(file: str, settings: list[str], lang: str, as_json: bool) -> Loaded | dict[str, Any]:
    """A scenario, or the document of a result."""
    from optimiser.scenario.read import read_file
    from optimiser.study.differences import is_result

    if file != STDIN and not settings:
        document, _ = read_file(scenario_path(file, lang))
        if is_result(document):
            found: dict[str, Any] = document
            return found
    return expect(load(file, settings, lang), lang, as_json)
