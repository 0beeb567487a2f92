"""``schema``, ``export``: the format of scenarios, and models for other solvers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.answer import save, tell
from optimiser.cli.options import AsJson, Debug, File, Language, Settings
from optimiser.cli.root import app
from optimiser.cli.run import body, body_of, guarded, line, say
from optimiser.cli.source import expect, load
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
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
    file: File,
    lp: Annotated[Path | None, typer.Option("--lp", metavar="PATH", help="Write the model in LP format.")] = None,
    mps: Annotated[Path | None, typer.Option("--mps", metavar="PATH", help="Write the model in MPS format.")] = None,
    as_json: AsJson = False,
    settings: Settings = None,
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Write the model exactly as it is solved, for any other solver to read."""
    wanted = {ending: path for ending, path in ((".lp", lp), (".mps", mps)) if path is not None}
    if not wanted:
        raise typer.BadParameter(say("usage.export", lang), param_hint="--lp / --mps")
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
    if as_json:
        body(body_of({"written": [{"file": str(path), "model": model} for path, model in exported]}))
        return
    for path, model in exported:
        line(say("exported", lang, file=path, columns=model.columns, integers=model.integers, rows=model.rows))
    stages = exported[0][1].stages
    if len(stages) > 1:
        line(say("exported-stages", lang, stages=len(stages), stage=stages[0]))
