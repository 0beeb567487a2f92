"""Where a scenario and a plan come from: a file, the carried library, standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from optimiser.cli.options import settings_of
from optimiser.cli.run import body, body_of, line, say, show
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
    from optimiser.findings import Finding
    from optimiser.report.documents.reading import AnyAnswer
    from optimiser.scenario.load import Loaded

STDIN = "-"


def load(file: str, settings: Sequence[str], lang: str) -> Loaded:
    """The scenario behind FILE, with ``--set`` applied, and everything found in it."""
    from optimiser.scenario.load import load_bytes, load_file

    values = settings_of(settings)
    if file == STDIN:
        content, findings = _stdin()
        if findings:
            from optimiser.scenario.load import Loaded

            return Loaded(None, tuple(findings))
        return load_bytes(content, values)
    return load_file(scenario_path(file, lang), values)


def load_answered(
    file: str, result: str | None, settings: Sequence[str], lang: str, as_json: bool
) -> tuple[Loaded, str | None]:
    """The scenario behind FILE and its RESULT; FILE alone may be a result, of a scenario carried with the program."""
    from optimiser.library import library_files
    from optimiser.scenario.load import load_file

    if result is None and file.endswith(".json") and Path(file).is_file():
        document, _ = load_plan(file)
        answered = document.get("scenario") if isinstance(document, dict) and "provenance" in document else None
        if isinstance(answered, dict):
            for path in library_files().values():
                carried = load_file(path, settings_of(settings))
                if carried.scenario is not None and carried.sha256 == answered.get("sha256"):
                    return carried, file
            named = say("usage.scenario-of", lang, name=answered.get("name") or answered.get("sha256"))
            raise typer.BadParameter(named, param_hint="FILE")
    return expect(load(file, settings, lang), lang, as_json), result


def scenario_path(file: str, lang: str = "en") -> Path:
    """The path FILE means: itself if it exists, else the carried scenario of that id."""
    from optimiser.library import library_files

    path = Path(file)
    if os.path.lexists(path):
        return path
    carried = library_files()
    if file in carried:
        return carried[file]
    if path.name == file and not path.suffix:
        line(say("no-such-file", lang, file=file, known=", ".join(carried)), err=True)
    return path


def expect(loaded: Loaded, lang: str, as_json: bool) -> Loaded:
    """The same, if there is a scenario; else every finding is shown and the command ends."""
    if loaded.scenario is None:
        refuse("invalid", loaded.findings, lang, as_json)
    return loaded


def refuse(title: str, findings: Sequence[Finding], lang: str, as_json: bool, **of: str) -> None:
    """Show what is wrong with a scenario or a plan, and end the command. of: what the title speaks of."""
    from optimiser.report.pages import findings_page

    listed = [f.as_dict(lang) for f in findings]
    show(findings_page(say(title, lang, **of), listed, lang), err=True)
    if as_json:
        body(body_of({"title": say(title, lang, **of), "errors": listed}))
    raise typer.Exit(Exit.INVALID)


def load_plan(file: str) -> tuple[Any, list[Finding]]:
    """The document behind PLAN, and why there is none."""
    from optimiser.scenario.read import read_file, read_json

    if file == STDIN:
        content, findings = _stdin()
        document, more = (None, findings) if findings else read_json(content)
    else:
        document, more = read_file(Path(file))
    return document, [_of_plan(f) for f in more]


def saved_answer(file: str, lang: str) -> AnyAnswer:
    """The answer behind a file; one that is none ends the command."""
    from optimiser.errors import AnswerError
    from optimiser.report.documents.reading import answer_of

    document, wrong = load_plan(file)
    if wrong:
        refuse("invalid-answer", wrong, lang, False, file=file)
    try:
        return answer_of(document)
    except AnswerError as error:
        refuse("invalid-answer", error.findings, lang, False, file=file)
        raise


def _of_plan(finding: Finding) -> Finding:
    """The finding as said of a plan, where its words speak of a scenario."""
    from optimiser.findings import Finding

    if finding.code == "not-an-object":
        return Finding(finding.severity, "plan-not-an-object", finding.pointer, finding.params)
    return finding


def _stdin() -> tuple[bytes, list[Finding]]:
    from optimiser.findings import Finding
    from optimiser.scenario.read import GREATEST_FILE

    content = sys.stdin.buffer.read(GREATEST_FILE + 1)
    if len(content) > GREATEST_FILE:
        params: Mapping[str, Any] = {"size": len(content), "limit": GREATEST_FILE}
        return b"", [Finding("error", "file-too-large", "", params)]
    return content, []
