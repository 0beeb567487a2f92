"""The commands. Each reads its arguments, lets the library decide, and shows or saves the answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    File,
    Language,
    MipGap,
    Out,
    PlanFile,
    Settings,
    Solver,
    Threads,
    TimeLimit,
    Verbose,
    csv_format_of,
    solve_options,
    target_called,
)
from optimiser.cli.run import Exit, body, body_of, exit_of, guarded, interruptible, line, say, show
from optimiser.cli.source import STDIN, expect, load, load_plan, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.result.result import Result

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            line(f"investai {version('investai-optimiser')}")
        except PackageNotFoundError:
            line("investai (from source)")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Decides how a layered fund is spent, and defends it.

    Exit codes: 0 optimal, 1 error, 2 usage, 3 invalid scenario,
    4 infeasible, 5 limit reached with a plan, 6 limit reached without one,
    7 unbounded, 130 interrupted.
    """


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
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Find the best allocation of a scenario, with its certificate, prices and reasons."""
    loaded = expect(load(file, settings or [], lang), lang, as_json)
    from optimiser.allocation import allocate as best_allocation

    options = solve_options(loaded.expect(), solver, time_limit, mip_gap, threads)
    result = interruptible(lambda: best_allocation(loaded, options, lang))
    _answer(result, file, as_json, out, csv_format, lang, verbose)
    raise typer.Exit(exit_of(result))


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
    saved = out is None or _save(
        lambda: save_findings(content, listed, target_called(out), csv_format_of(csv_format)), out, lang
    )
    if as_json:
        body(content)
    else:
        show(findings_page(say("valid" if valid else "invalid", lang), listed, lang, verbose))
    _tell(out, saved, as_json, lang)
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
    from optimiser.errors import PlanError
    from optimiser.evaluation import evaluate as score

    try:
        result = score(loaded, document, lang)
    except PlanError as error:
        refuse("invalid-plan", error.findings, lang, as_json)
        return
    _answer(result, file, as_json, out, csv_format, lang, verbose)
    raise typer.Exit(exit_of(result))


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
        _tell(str(out), _save(lambda: write_whole(out, content + b"\n"), str(out), "en"), False, "en")


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
    from optimiser.solve.export import Exported, export_model

    exported: list[tuple[Path, Exported]] = []

    def write(ending: str, path: Path) -> None:
        with replacing(path, ending) as temporary:
            exported.append((path, export_model(loaded.expect(), temporary)))

    for ending, path in wanted.items():
        if not _save(partial(write, ending, path), str(path), lang):
            raise typer.Exit(Exit.ERROR)
    if as_json:
        body(body_of({"written": [{"file": str(path), "model": model} for path, model in exported]}))
        return
    for path, model in exported:
        line(say("exported", lang, file=path, columns=model.columns, integers=model.integers, rows=model.rows))
    stages = exported[0][1].stages
    if len(stages) > 1:
        line(say("exported-stages", lang, stages=len(stages), stage=stages[0]))


@app.command()
@guarded
def scenarios(as_json: AsJson = False, lang: Language = "en", debug: Debug = False) -> None:
    """The scenarios carried with this program, by id and name."""
    from optimiser.library import library_files
    from optimiser.report.pages import library_page
    from optimiser.scenario.read import read_file

    names = {}
    for key, path in library_files().items():
        document, _ = read_file(path)
        names[key] = str((document or {}).get("name") or key)
    if as_json:
        body(body_of({"scenarios": [{"id": key, "name": name} for key, name in names.items()]}))
    else:
        show(library_page(names, lang))


@app.command()
@guarded
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on.")] = 8000,
    debug: Debug = False,
) -> None:
    """Run the HTTP service and its page."""
    import uvicorn

    # By name: the library never imports the service.
    uvicorn.run("api.app:create_app", factory=True, host=host, port=port, server_header=False)


def _answer(
    result: Result, file: str, as_json: bool, out: str | None, csv_format: str, lang: str, verbose: bool
) -> None:
    """Save the result where asked, then show it, then say where it is saved."""
    from optimiser.report.files import save_result
    from optimiser.report.pages import result_page

    # Before anything is printed: a reader of the pipe who leaves early must not cost the file.
    saved = out is None or _save(lambda: save_result(result, target_called(out), csv_format_of(csv_format)), out, lang)
    if as_json:
        body(result.to_json())
    else:
        show(result_page(result, lang, verbose, file))
    _tell(out, saved, as_json, lang)


def _save(write: Callable[[], object], where: str, lang: str) -> bool:
    """Whether writing worked; says why where it did not."""
    try:
        write()
    except OSError as error:
        line(say("cannot-save", lang, file=where, reason=error.strerror or type(error).__name__), err=True)
        return False
    return True


def _tell(out: str | None, saved: bool, as_json: bool, lang: str) -> None:
    """Say where the answer is saved; end the command where it is not."""
    if not saved:
        raise typer.Exit(Exit.ERROR)
    if out is not None:
        line(say("saved", lang, file=out), err=as_json)
