"""``allocate``, ``validate``, ``evaluate``: one scenario, one answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import typer

from optimiser.cli.answer import asked, give, save, tell
from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    File,
    KeepPlan,
    Language,
    MipGap,
    Out,
    PlanFile,
    Settings,
    SignedUntil,
    Solver,
    Threads,
    TimeLimit,
    Verbose,
    csv_format_of,
    solve_options,
    target_called,
)
from optimiser.cli.root import app
from optimiser.cli.run import body, body_of, exit_of, guarded, say, show
from optimiser.cli.source import STDIN, expect, load, load_plan, refuse
from optimiser.result.exit_codes import Exit, exit_code

if TYPE_CHECKING:
    from optimiser.explain.kept import Kept
    from optimiser.scenario.load import Loaded
    from optimiser.solve.options import SolveOptions


@app.command()
@guarded
def allocate(
    file: File,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    solver: Solver = "highs",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    keep: KeepPlan = None,
    signed_until: SignedUntil = None,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Find the best allocation of a scenario, with its certificate, prices and reasons."""
    if signed_until is not None and keep is None:
        raise typer.BadParameter(say("usage.signed-until", lang), param_hint="--signed-until")
    if file == keep == STDIN:
        raise typer.BadParameter(say("usage.one-stdin", lang), param_hint="--keep")
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.allocation import allocate as best_allocation
    from optimiser.report.pages import result_page

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    if keep is not None:
        kept = _kept(loaded, keep, signed_until, options, lang, as_json)
        from optimiser.report.explanations import kept_page

        give(kept, partial(kept_page, kept, lang, verbose, file), as_json, out, csv_format, lang, "kept")
        raise typer.Exit(exit_code(kept.termination, kept.new_plan is not None))
    result = asked(lambda: best_allocation(loaded, options, lang), lang, as_json)
    give(result, partial(result_page, result, lang, verbose, file), as_json, out, csv_format, lang)
    raise typer.Exit(exit_of(result))


def _kept(loaded: Loaded, file: str, signed_until: int | None, options: SolveOptions, lang: str, as_json: bool) -> Kept:
    """The plan nearest to the one in the file."""
    from optimiser.explain.kept import keep

    document, wrong = load_plan(file)
    if wrong:
        refuse("invalid-plan", wrong, lang, as_json)
    return asked(lambda: keep(loaded, document, signed_until, options, lang), lang, as_json)


@app.command()
@guarded
def validate(
    file: File,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Check a scenario without solving it: every finding, with its place and its cure."""
    loaded = load(file, settings or [], lang)
    from optimiser.report.files import save_findings
    from optimiser.report.pages import findings_page

    valid = loaded.scenario is not None
    listed = [f.as_dict(lang) for f in loaded.findings]
    content = body_of({"valid": valid, "findings": listed})
    saved = out is None or save(
        lambda: save_findings(content, listed, target_called(out), csv_format_of(csv_format)), out, lang
    )
    if as_json:
        body(content)
    else:
        show(findings_page(say("valid" if valid else "invalid", lang), listed, lang, verbose))
    tell(out, saved, as_json, lang)
    raise typer.Exit(Exit.OPTIMAL if valid else Exit.INVALID)


@app.command()
@guarded
def evaluate(
    file: File,
    plan: PlanFile,
    as_json: AsJson = False,
    out: Out = None,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Check a plan made elsewhere against a scenario's rules, and score it. Exit code 4 if it breaks a rule."""
    if file == plan == STDIN:
        raise typer.BadParameter(say("usage.one-stdin", lang), param_hint="PLAN")
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    document, wrong = load_plan(plan)
    if wrong:
        refuse("invalid-plan", wrong, lang, as_json)
    from optimiser.evaluation import evaluate as score
    from optimiser.report.pages import result_page

    result = asked(lambda: score(loaded, document, lang), lang, as_json)
    give(result, partial(result_page, result, lang, verbose, file), as_json, out, csv_format, lang)
    raise typer.Exit(exit_of(result))
