"""How a command asks its question and gives the answer: saved where asked, shown, and said where it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer

from optimiser.cli.options import csv_format_of, target_called
from optimiser.cli.run import body, interruptible, line, say, show
from optimiser.cli.source import refuse
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
    from optimiser.report.page import Block
    from optimiser.result.answer import Answer

T = TypeVar("T")


def asked(question: Callable[[], T], lang: str, as_json: bool) -> T:
    """The answer to a question; one that does not fit its scenario, or its plan, is shown and ends the command."""
    from optimiser.errors import PlanError, ScenarioError

    try:
        return interruptible(question)
    except PlanError as error:
        refuse("invalid-plan", error.findings, lang, as_json)
        raise
    except ScenarioError as error:
        refuse("invalid-question", error.findings, lang, as_json)
        raise


def give(
    answer: Answer,
    page: Callable[[], Sequence[Block]],
    as_json: bool,
    out: str | None,
    csv_format: str,
    lang: str,
    name: str = "result",
) -> None:
    """Save the answer where asked, then show its page (or its JSON), then say where it is saved.

    name: of the JSON file where a folder is asked for.
    """
    from optimiser.report.files import save_answer

    # Before anything is printed: a reader of the pipe who leaves early must not cost the file.
    style = csv_format_of(csv_format)
    saved = out is None or save(lambda: save_answer(answer, target_called(out), style, name), out, lang)
    if as_json:
        body(answer.to_json())
    else:
        show(page())
    tell(out, saved, as_json, lang)


def save(write: Callable[[], object], where: str, lang: str) -> bool:
    """Whether writing worked; says why where it did not."""
    try:
        write()
    except OSError as error:
        line(say("cannot-save", lang, file=where, reason=error.strerror or type(error).__name__), err=True)
        return False
    return True


def tell(out: str | None, saved: bool, as_json: bool, lang: str) -> None:
    """Say where the answer is saved; end the command where it is not."""
    if not saved:
        raise typer.Exit(Exit.ERROR)
    if out is not None:
        line(say("saved", lang, file=out), err=as_json)
