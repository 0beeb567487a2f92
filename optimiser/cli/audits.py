"""``verify`` and ``dossier``: what an auditor asks of an answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.answer import asked, give, save, tell
from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    Language,
    MipGap,
    Out,
    Settings,
    Threads,
    TimeLimit,
    solve_options,
)
from optimiser.cli.root import app
from optimiser.cli.run import guarded, interruptible, line, say
from optimiser.cli.source import expect, load_answered, load_plan, refuse, saved_answer
from optimiser.result.exit_codes import Exit, exit_code

if TYPE_CHECKING:
    from optimiser.result.answer import Answer


@app.command()
@guarded
def verify(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A dossier (.zip), the scenario of RESULT, or a result of a carried one."),
    ],
    result: Annotated[
        str | None, typer.Argument(metavar="[RESULT]", help="A result, as allocate --json has it.")
    ] = None,
    solver: Annotated[str, typer.Option("--solver", metavar="NAME", help="Any solver that PuLP finds here.")] = "cbc",
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    debug: Debug = False,
) -> None:
    """A second opinion: another solver, the certificate again, a verdict in one sentence. Exit code 0 if it agrees."""
    from optimiser.dossier.files import read_dossier
    from optimiser.dossier.opinion import second_opinion
    from optimiser.report.opinions import opinion_page
    from optimiser.scenario.load import load_document

    if result is None and file.endswith(".zip"):
        document, found = read_dossier(Path(file))
        loaded = expect(load_document(document), lang, as_json)
    else:
        loaded, answer = load_answered(file, result, settings or [], lang, as_json)
        if answer is None:
            raise typer.BadParameter(say("usage.verify", lang), param_hint="RESULT")
        found, wrong = load_plan(answer)
        if wrong:
            refuse("invalid-plan", wrong, lang, as_json)
    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    opinion = asked(lambda: second_opinion(loaded, found, solver, options, lang), lang, as_json)
    give(opinion, partial(opinion_page, opinion, lang), as_json, out, csv_format, lang, "opinion")
    raise typer.Exit(opinion.exit_code)


@app.command()
@guarded
def dossier(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario, as everywhere; or a result of a carried one.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="The dossier to write (.zip).")],
    result: Annotated[
        str | None, typer.Argument(metavar="[RESULT]", help="A saved result of it; without one it is allocated.")
    ] = None,
    considered: Annotated[
        list[str] | None,
        typer.Option(
            "--considered", metavar="ANSWER", help="A saved answer to go with it, as of compare (repeatable)."
        ),
    ] = None,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=20, metavar="COUNT", help="Other plans to look for and put in.")
    ] = 3,
    decisions: Annotated[
        str | None, typer.Option("--decisions", metavar="LOG", help="A log of decisions to go with it (.json).")
    ] = None,
    settings: Settings = None,
    lang: Language = "en",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    debug: Debug = False,
) -> None:
    """Everything needed to redo an answer: scenario, sources, result, alternatives, certificate, model, sums."""
    loaded, result = load_answered(file, result, settings or [], lang, False)
    from optimiser.allocation import allocate
    from optimiser.dossier.decisions import read_log
    from optimiser.dossier.files import dossier_bytes
    from optimiser.errors import AnswerError, DecisionLogError
    from optimiser.explain.explanations import explain_candidate
    from optimiser.report.files import write_whole
    from optimiser.result.result import Result
    from optimiser.scenario.canonical import scenario_sha256

    log, wrong = load_plan(decisions) if decisions is not None else (None, [])
    if wrong:
        refuse("invalid-decisions", wrong, lang, False)
    try:
        # Before the search, which may take long.
        if decisions is not None:
            read_log(log, scenario_sha256(loaded.expect()))
    except DecisionLogError as error:
        refuse("invalid-decisions", error.findings, lang, False)
    known = saved_answer(result, lang) if result is not None else None
    if known is not None and not isinstance(known, Result):
        raise typer.BadParameter(say("usage.dossier-result", lang, file=result), param_hint="RESULT")
    beside: dict[str, Answer] = {
        f"{n}-{Path(name).stem}": saved_answer(name, lang) for n, name in enumerate(considered or [], 1)
    }

    options = solve_options(loaded.expect(), "highs", time_limit, mip_gap, threads)
    answer = known or interruptible(lambda: allocate(loaded, options, lang))
    if alternatives and answer.has_allocation:
        others = interruptible(lambda: explain_candidate(loaded, None, options, lang, count=alternatives))
        beside = {"alternatives": others, **beside}
    try:
        content = dossier_bytes(loaded, answer, lang, log, beside)
    except AnswerError as error:
        refuse("invalid-answers", error.findings, lang, False)
        raise
    saved = save(lambda: write_whole(out, content), str(out), lang)
    tell(str(out), saved, False, lang)
    line(say("dossier.verify", lang, file=out))
    raise typer.Exit(exit_code(answer.termination, answer.has_allocation) if saved else Exit.ERROR)
