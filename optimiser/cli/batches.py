"""``batch``: many scenarios at once, resumed where they were cut off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.answer import save
from optimiser.cli.options import (
    AsJson,
    CsvStyle,
    Debug,
    Language,
    MipGap,
    Settings,
    Threads,
    TimeLimit,
    csv_format_of,
    settings_of,
)
from optimiser.cli.root import app
from optimiser.cli.run import body, guarded, line, say, show
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
    from optimiser.batch.items import Item
    from optimiser.batch.runner import Batch, Ended

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH…",
        help="Scenario files, folders (with those below), globs, JSON Lines, sweep files, ids of carried scenarios.",
    ),
]


@app.command()
@guarded
def batch(
    paths: Paths,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where results, tables and summary go.")],
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="Where results are kept: an SQLite file or postgresql+psycopg://… "
            "(default: store.sqlite in the folder).",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="COUNT", help="Processes (default: one a core).")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="A Dask cluster instead, as tcp://host:8786.")
    ] = None,
    as_json: AsJson = False,
    csv_format: CsvStyle = "en",
    settings: Settings = None,
    lang: Language = "en",
    time_limit: TimeLimit = None,
    mip_gap: MipGap = None,
    threads: Threads = None,
    debug: Debug = False,
) -> None:
    """Solve many scenarios. Running it again skips what is unchanged and resumes what was cut off.

    One that fails never stops the rest; exit code 8 says that some did.
    """
    from optimiser.batch.engine import executors_of
    from optimiser.batch.items import items_of
    from optimiser.batch.runner import Batch
    from optimiser.batch.solving import BatchOptions
    from optimiser.batch.store import Store

    started = time.perf_counter()
    items = items_of(paths)
    if not items:
        raise typer.BadParameter(say("usage.batch-empty", lang), param_hint="PATH")
    options = BatchOptions(settings_of(settings or []), lang, "highs", time_limit, mip_gap, threads)
    kept = Store(store if store is not None else out / "store.sqlite")
    open_workers, count = executors_of(workers, cluster)
    ended: dict[str, Ended] = {}
    with closing(kept):
        with _progress(len(items), lang) as advance:

            def on_end(end: Ended) -> None:
                ended[end.item.name] = end
                advance()

            run = Batch(kept, options, open_workers, count, on_end)
            interrupted = _run(run, items)
        _finish(run, items, ended, out, started, interrupted, as_json, csv_format, lang)


def _run(run: Batch, items: list[Item]) -> bool:
    """Whether Ctrl-C ended the batch early: what was solved is kept."""
    try:
        run.run(items)
    except KeyboardInterrupt:
        return True
    return False


def _finish(
    run: Batch,
    items: list[Item],
    ended: dict[str, Ended],
    out: Path,
    started: float,
    interrupted: bool,
    as_json: bool,
    csv_format: str,
    lang: str,
) -> None:
    """Write what there is, show it, and end the command."""
    from optimiser.batch.folder import write_results, write_summary
    from optimiser.batch.page import batch_page
    from optimiser.batch.summary import summary_of

    def write() -> None:
        damaged = write_results(out, list(ended.values()), run.store)
        if damaged and not interrupted:
            line(say("batch.damaged", lang, count=len(damaged)), err=True)
            run.run([end.item for end in damaged])
            write_results(out, [ended[end.item.name] for end in damaged], run.store)

    saved = save(write, str(out), lang)
    summary = summary_of([(i.name, i.source) for i in items], ended, time.perf_counter() - started)
    saved = saved and save(lambda: write_summary(out, summary, csv_format_of(csv_format)), str(out), lang)
    if as_json:
        body(summary.to_json())
    else:
        show(batch_page(summary, lang))
    if interrupted:
        line(say("batch.resume", lang), err=True)
    if saved:
        line(say("saved", lang, file=out), err=as_json)
    raise typer.Exit(summary.exit_code if saved else Exit.ERROR)


@contextmanager
def _progress(total: int, lang: str) -> Iterator[Callable[[], None]]:
    """A bar with rate and time left on a terminal's standard error; elsewhere nothing, so that logs stay readable."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total, rate="")

        def advance() -> None:
            progress.advance(task)
            speed = progress.tasks[0].speed
            if speed:
                progress.update(task, rate=say("batch.rate", lang, rate=f"{speed:.1f}"))

        yield advance
