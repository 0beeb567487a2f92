"""``explain`` and ``repair``: why this answer, and what to do where there is none."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from optimiser.cli.answer import asked, give
from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    File,
    Language,
    Out,
    Settings,
    Threads,
    TimeLimit,
    Verbose,
    solve_options,
)
from optimiser.cli.root import app
from optimiser.cli.run import guarded, say
from optimiser.cli.source import expect, load
from optimiser.result.exit_codes import Exit, exit_code

CandidateId = Annotated[
    str | None, typer.Option("--candidate", metavar="ID", help="One candidate; without it, all of them.")
]
CountryCode = Annotated[
    str | None,
    typer.Option("--country", metavar="CODE", help="A country, as in HU: why it has what it has, as a letter."),
]
Alternatives = Annotated[
    int, typer.Option("--alternatives", min=0, max=100, metavar="COUNT", help="Also look for so many other plans.")
]
Within = Annotated[
    float, typer.Option("--within", min=0, max=1, metavar="SHARE", help="Loss that other plans may have (0..1).")
]


@app.command()
@guarded
def explain(
    file: File,
    candidate: CandidateId = None,
    country: CountryCode = None,
    alternatives: Alternatives = 0,
    within: Within = 0.01,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    time_limit: TimeLimit = None,
    threads: Threads = None,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Why this plan: what would bring a site in, who replaces whom, what a country could have."""
    if country is not None and (candidate is not None or alternatives):
        raise typer.BadParameter(say("usage.one-country", lang), param_hint="--country")
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.explain.explanations import explain_candidate, explain_country
    from optimiser.report.explanations import explanation_page

    options = solve_options(loaded.expect(), "highs", time_limit, None, threads)
    if country is not None:
        answer = asked(partial(explain_country, loaded, country, options, lang), lang, as_json)
    else:
        question = partial(explain_candidate, loaded, candidate, options, lang, within, alternatives)
        answer = asked(question, lang, as_json)
    give(answer, partial(explanation_page, answer, lang, verbose, file), as_json, out, csv_format, lang, "explanation")
    raise typer.Exit(exit_code(answer.termination, bool(answer.funded)))


@app.command()
@guarded
def repair(
    file: File,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    time_limit: TimeLimit = None,
    threads: Threads = None,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Which rules clash where no plan keeps them all, and the cheapest ways out. Exit code 0 where there is one."""
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.explain.repairs import repair as cheapest_repair
    from optimiser.report.explanations import repair_page

    options = solve_options(loaded.expect(), "highs", time_limit, None, threads)
    answer = asked(lambda: cheapest_repair(loaded, options, lang), lang, as_json)
    give(answer, partial(repair_page, answer, lang, verbose, file), as_json, out, csv_format, lang, "repair")
    if answer.feasible is None:
        raise typer.Exit(Exit.LIMIT_WITHOUT_PLAN)
    raise typer.Exit(Exit.OPTIMAL if answer.feasible or answer.repairs else Exit.INFEASIBLE)
