"""``scenarios``, ``serve``, ``token``: what the program carries, the service, and who may use it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.options import AsJson, Debug, Language
from optimiser.cli.root import app
from optimiser.cli.run import body, body_of, guarded, line, say, show


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
    allow_anyone: Annotated[
        bool, typer.Option("--allow-anyone", help="Serve other machines although INVESTAI_TOKENS is not set.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Run the HTTP service and its page."""
    # By name: the library never imports the service.
    import_module("api.serving").serve(host, port, allow_anyone)


@app.command()
@guarded
def token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is: letters, digits, dots, dashes.")],
    file: Annotated[
        Path | None, typer.Option("--file", metavar="PATH", help="The file of tokens to add its hash to.")
    ] = None,
    last_day: Annotated[
        str | None, typer.Option("--last-day", metavar="DATE", help="Until when it holds, as in 2027-06-30 (UTC).")
    ] = None,
    as_json: AsJson = False,
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Make a token for the service, and show it this once."""
    from optimiser.tokens import new_token

    made, kept = new_token(name, _day(last_day, lang))
    if file is not None:
        _append(file, kept.line)
    if as_json:
        body(body_of({"name": name, "token": made, "line": kept.line, "last_day": last_day}))
        return
    line(say("token.made", lang, name=name), err=True)
    line(made)
    if file is not None:
        line(say("token.added", lang, file=str(file)), err=True)
    else:
        line(say("token.line", lang), err=True)
        line(kept.line, err=True)


def _day(given: str | None, lang: str) -> date | None:
    try:
        day = date.fromisoformat(given) if given is not None else None
    except ValueError:
        day = date.min
    if day is not None and day < datetime.now(UTC).date():
        raise typer.BadParameter(say("usage.token-day", lang, day=given))
    return day


def _append(file: Path, added: str) -> None:
    """One line more in a file that, where it is new, only its owner reads."""
    with open(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+", encoding="utf-8") as stream:
        before = stream.read()
        stream.write(("\n" if before and not before.endswith("\n") else "") + f"{added}\n")
