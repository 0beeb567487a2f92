"""``frontier``, ``robustness``: questions that solve many versions of one scenario."""

from __future__ import annotations

import os
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

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
from optimiser.cli.run import guarded, line, say
from optimiser.cli.source import expect, load
from optimiser.result.exit_codes import Exit

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
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="TIER", help="Draw the objective by the size of this tier instead."),
    ] = None,
    low: Annotated[float | None, typer.Option("--from", metavar="AMOUNT", help="Least size of the tier.")] = None,
    high: Annotated[float | None, typer.Option("--to", metavar="AMOUNT", help="Greatest size of the tier.")] = None,
    steps: Annotated[int, typer.Option("--steps", metavar="COUNT", help="Sizes to try, evenly.")] = 11,
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", metavar="AMOUNT", help="How near to go to each change of the list.")
    ] = None,
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
    """Draw the frontier between two terms of the objective, or the objective by a tier's size (--budget)."""
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    if budget is not None:
        from optimiser.report.studies import curve_page
        from optimiser.study.curves import budget_curve

        options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
        curve = asked(
            lambda: budget_curve(loaded, budget, low, high, steps, tolerance, options, lang, progress_lines(lang)),
            lang,
            as_json,
        )
        give(curve, partial(curve_page, curve, lang, verbose, file), as_json, out, csv_format, lang, "budget")
        raise typer.Exit(exit_of_study(curve.termination, bool(curve.points)))
    from optimiser.report.studies import frontier_page
    from optimiser.study.frontiers import frontier as drawn

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    answer = asked(lambda: drawn(loaded, terms, points, complete, options, lang, progress_lines(lang)), lang, as_json)
    give(answer, partial(frontier_page, answer, lang, verbose, file), as_json, out, csv_format, lang, "frontier")
    raise typer.Exit(exit_of_study(answer.termination, bool(answer.points)))


@app.command()
@guarded
def robustness(
    file: File,
    draws: Annotated[int, typer.Option("--draws", metavar="COUNT", help="Draws of the uncertain inputs.")] = 200,
    seed: Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Seed of the draws.")] = 7,
    weights: Annotated[
        int, typer.Option("--weights", metavar="COUNT", help="Draws of weights, for the core index.")
    ] = 0,
    weights_of: Annotated[
        str, typer.Option("--weights-of", metavar="objective|score", help="Whose weights are drawn.")
    ] = "objective",
    weight_range: Annotated[
        float, typer.Option("--weight-range", metavar="SHARE", help="How far a weight may move either way (0..1).")
    ] = 0.5,
    two_stages: Annotated[
        bool, typer.Option("--two-stage", help="Ask instead what to decide now, before the variant is known.")
    ] = False,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="Ask instead which input must move least to change the list.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="COUNT", help="Processes that solve draws; as many as processors."),
    ] = None,
    bound: Annotated[
        float, typer.Option("--bound", metavar="SHARE", help="With --inputs: greatest move tried, either way.")
    ] = 0.5,
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
    """Ask whether the list of funded sites holds when inputs, weights or the future differ."""
    if two_stages and inputs:
        raise typer.BadParameter(say("usage.one-question", lang), param_hint="--two-stage / --inputs")
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.batch.engine import processes
    from optimiser.report.robustness import inputs_page, robustness_page, two_stages_page
    from optimiser.study.inputs import deciding_inputs
    from optimiser.study.robustness import PART
    from optimiser.study.robustness import robustness as held
    from optimiser.study.two_stages import two_stage

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    progress = progress_lines(lang)
    if two_stages:
        stages = asked(lambda: two_stage(loaded, options, lang, progress), lang, as_json)
        page = partial(two_stages_page, stages, lang, verbose, file)
        give(stages, page, as_json, out, csv_format, lang, "two-stages")
        raise typer.Exit(exit_of_study(stages.termination, bool(stages.variants)))
    if inputs:
        decided = asked(lambda: deciding_inputs(loaded, bound, options, lang, progress), lang, as_json)
        give(decided, partial(inputs_page, decided, lang, verbose, file), as_json, out, csv_format, lang, "inputs")
        raise typer.Exit(exit_of_study(decided.termination, bool(decided.inputs)))
    # A few draws are solved sooner than a worker begins.
    count = min(workers or os.cpu_count() or 1, draws // (2 * PART) if workers is None else draws)
    with processes(count) if count > 1 and loaded.expect().uncertain else nullcontext() as pool:
        answer = asked(
            lambda: held(loaded, draws, seed, weights, weights_of, weight_range, options, lang, progress, pool),
            lang,
            as_json,
        )
    give(answer, partial(robustness_page, answer, lang, verbose, file), as_json, out, csv_format, lang, "robustness")
    raise typer.Exit(exit_of_study(answer.termination, True))


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
            line(say("progress.found", lang, count=done), err=True)

    return progress
