"""``scenarios``, ``serve``: what the program carries, and the service."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.options import AsJson, Debug, Language
from optimiser.cli.root import app
from optimiser.cli.run import body, body_of, guarded, show


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
