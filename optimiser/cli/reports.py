"""``report``: saved answers as a document for other people."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated

import typer

from optimiser.cli.answer import save, tell
from optimiser.cli.options import Debug, Language, Settings
from optimiser.cli.root import app
from optimiser.cli.run import guarded, say
from optimiser.cli.source import expect, load, refuse, saved_answer
from optimiser.result.exit_codes import Exit


@app.command()
@guarded
def report(
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULT…", help="Saved answers (JSON): of allocate, compare, frontier, robustness …"),
    ],
    out: Annotated[str, typer.Option("--out", metavar="PATH", help="The report: .html, .docx, .md or .xlsx.")],
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="FILE", help="Their scenario: names of tiers, sources and assumptions."),
    ] = None,
    settings: Settings = None,
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """A document of saved answers: tables, charts, where every figure comes from. It needs nothing beside it."""
    from optimiser.errors import AnswerError
    from optimiser.report.documents.writing import NEEDS, lacking, report_bytes
    from optimiser.report.files import write_whole

    ending = PurePath(out).suffix.lower()
    if ending not in NEEDS:
        raise typer.BadParameter(say("usage.report-out", lang, file=out), param_hint="--out")
    if missing := lacking(ending):
        needs = say("usage.report-needs", lang, ending=ending, modules=", ".join(missing))
        raise typer.BadParameter(needs, param_hint="--out")
    if settings and scenario is None:
        raise typer.BadParameter(say("usage.report-set", lang), param_hint="--set")
    loaded = expect(load(scenario, settings or [], lang), lang, False) if scenario is not None else None
    answers = [saved_answer(file, lang) for file in results]
    try:
        content = report_bytes(answers, out, lang, loaded.expect() if loaded is not None else None)
    except AnswerError as error:
        refuse("invalid-answers", error.findings, lang, False)
        raise
    saved = save(lambda: write_whole(Path(out), content), out, lang)
    tell(out, saved, False, lang)
    raise typer.Exit(Exit.OPTIMAL if saved else Exit.ERROR)
