"""``schema``, ``export``: the format of scenarios, and models for other solvers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.answer import save, tell
from optimiser.cli.options import AsJson, Debug, Language, Settings, expect_openpyxl
from optimiser.cli.root import app
from optimiser.cli.run import body, body_of, guarded, line, say
from optimiser.cli.source import expect, load, refuse
from optimiser.messages import Phrase
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
    from optimiser.scenario.scenario import Scenario
    from optimiser.solve.export import Exported


@app.command()
@guarded
def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="PATH", help="Save it instead of printing it.")] = None,
    debug: Debug = False,
) -> None:
    """The JSON Schema of the scenario format."""
    import orjson

    from optimiser.report.files import write_whole
    from optimiser.scenario.schema import scenario_schema

    content = orjson.dumps(scenario_schema(), option=orjson.OPT_INDENT_2)
    if out is None:
        body(content)
    else:
        tell(str(out), save(lambda: write_whole(out, content + b"\n"), str(out), "en"), False, "en")


@app.command()
@guarded
def export(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A scenario, as for allocate; none with --template.")
    ] = None,
    lp: Annotated[Path | None, typer.Option("--lp", metavar="PATH", help="Write the model in LP format.")] = None,
    mps: Annotated[Path | None, typer.Option("--mps", metavar="PATH", help="Write the model in MPS format.")] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="PATH", help="Write the scenario as a workbook.")
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="With --xlsx: write a workbook to be filled in instead.")
    ] = False,
    as_json: AsJson = False,
    settings: Settings = None,
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Write the model exactly as it is solved, for any other solver to read; or the scenario as a workbook."""
    wanted = {ending: path for ending, path in ((".lp", lp), (".mps", mps)) if path is not None}
    if xlsx is not None:
        expect_openpyxl()
    if template:
        if file is not None or wanted or xlsx is None:
            raise typer.BadParameter(say("usage.template", lang), param_hint="--template")
        _save_template(xlsx, as_json, lang)
        return
    if not wanted and xlsx is None:
        raise typer.BadParameter(say("usage.export", lang), param_hint="--lp / --mps / --xlsx")
    if file is None:
        raise typer.BadParameter(say("usage.export-file", lang), param_hint="FILE")
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.report.files import replacing
    from optimiser.solve.export import export_model

    exported: list[tuple[Path, Exported]] = []

    def write(ending: str, path: Path) -> None:
        with replacing(path, ending) as temporary:
            exported.append((path, export_model(loaded.expect(), temporary)))

    for ending, path in wanted.items():
        if not save(partial(write, ending, path), str(path), lang):
            raise typer.Exit(Exit.ERROR)
    if xlsx is not None:
        _save_scenario(loaded.expect(), xlsx, as_json, lang)
    if as_json:
        workbooks = [{"file": str(xlsx)}] if xlsx is not None else []
        body(body_of({"written": [{"file": str(path), "model": model} for path, model in exported] + workbooks}))
        return
    for path, model in exported:
        size = {"columns": Phrase("columns", {"count": model.columns}), "rows": Phrase("rows", {"count": model.rows})}
        line(say("exported", lang, file=path, integers=model.integers, **size))
    if exported and len(stages := exported[0][1].stages) > 1:
        line(say("exported-stages", lang, stages=len(stages), stage=stages[0]))
    if xlsx is not None:
        line(say("exported-workbook", lang, file=xlsx))


def _save_scenario(scenario: Scenario, path: Path, as_json: bool, lang: str) -> None:
    """The scenario as a workbook; what a workbook cannot hold ends the command."""
    from optimiser.errors import ScenarioError
    from optimiser.scenario.workbook.writing import scenario_workbook

    try:
        content = scenario_workbook(scenario, lang)
    except ScenarioError as error:
        refuse("invalid", error.findings, lang, as_json)
        raise
    _save_workbook(content, path, lang)


def _save_template(path: Path, as_json: bool, lang: str) -> None:
    from optimiser.scenario.workbook.writing import template_workbook

    _save_workbook(template_workbook(lang), path, lang)
    if as_json:
        body(body_of({"written": [{"file": str(path)}]}))
    else:
        line(say("exported-template", lang, file=path))


def _save_workbook(content: bytes, path: Path, lang: str) -> None:
    from optimiser.report.files import write_whole

    if not save(lambda: write_whole(path, content), str(path), lang):
        raise typer.Exit(Exit.ERROR)
