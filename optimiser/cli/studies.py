"""``frontier``, ``robustness``: questions that solve many versions of one scenario."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from optimiser.cli.answer import give
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
from optimiser.cli.run import Exit, guarded, interruptible, line, say
from optimiser.cli.source import expect, load, refuse

if TYPE_CHECKING:
    from optimiser.study.report import Progress

T = TypeVar("T")

Terms = Annotated[
    tuple[str, str] | None,
    typer.Option("--terms", metavar="A B", help="The two terms, as attribute:chips or public_money."),
]


@app.command()
@guarded
def frontier(
    file: File,
    terms: Terms = None,
    points: Annotated[int, typer.Option("--points", metavar="COUNT", help="How many floors to try, evenly.")] = 11,
    complete: Annotated[
        bool, typer.Option("--complete", help="All points: on whole numbers, or the breakpoints of a linear programme.")
    ] = False,
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
    """Draw the frontier between two terms of the objective, each point proven or marked."""
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.report.studies import frontier_page
    from optimiser.study.frontiers import frontier as drawn

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    answer = _asked(lambda: drawn(loaded, terms, points, complete, options, lang, progress_lines(lang)), lang, as_json)
    give(answer, partial(frontier_page, answer, lang, verbose, file), as_json, out, csv_format, lang, "frontier")
    raise typer.Exit(exit_of_study(answer.termination, bool(answer.points)))


def exit_of_study(termination: str, has_answer: bool) -> Exit:
    """The exit code of a study, by how it ended and whether there is anything in it."""
    if termination == "time_limit":
        return Exit.LIMIT_WITH_PLAN if has_answer else Exit.LIMIT_WITHOUT_PLAN
    codes = {"optimal": Exit.OPTIMAL, "infeasible": Exit.INFEASIBLE, "unbounded": Exit.UNBOUNDED}
    return codes.get(termination, Exit.ERROR)


def progress_lines(lang: str) -> Progress:
    """A line on standard error at each further tenth of the work; where its size is not known, at each tenth step."""
    shown = 0

    def progress(done: int, of: int) -> None:
        nonlocal shown
        if of and 10 * done // of > shown:
            shown = 10 * done // of
            line(say("progress.of", lang, done=done, all=of), err=True)
        elif not of and done and done % 10 == 0:
            line(say("progress.found", lang, done=done), err=True)

    return progress


def _asked(study: Callable[[], T], lang: str, as_json: bool) -> T:
    """The study's answer; a question that does not fit its scenario is shown, and ends the command."""
    from optimiser.errors import QuestionError

    try:
        return interruptible(study)
    except QuestionError as error:
        refuse("invalid-question", error.findings, lang, as_json)
        raise
