"""How the command ends and speaks: exit codes, standard output, errors in one line, Ctrl-C."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import typer

from optimiser.errors import InvestAIError
from optimiser.messages import LANGUAGES, text
from optimiser.result.exit_codes import Exit, exit_code

if TYPE_CHECKING:
    from optimiser.report.page import Block
    from optimiser.result.result import Result

P = ParamSpec("P")
T = TypeVar("T")


def exit_of(result: Result) -> Exit:
    """The exit code of a result."""
    return exit_code(result.termination, result.has_allocation)


def say(code: str, lang: str = "en", **params: Any) -> str:
    """One of the catalogue's texts for the command."""
    return text(f"cli.{code}", params, lang)


def show(page: Sequence[Block], err: bool = False) -> None:
    """A page to standard output (or error): coloured on a terminal, plain in a pipe or a file."""
    import shutil

    from optimiser.report.screen import rendered

    stream = sys.stderr if err else sys.stdout
    width = min(max(shutil.get_terminal_size((80, 24)).columns, 60), 160)
    colours = stream.isatty() and "NO_COLOR" not in os.environ
    _write(stream, rendered(page, width, colours, stream.encoding or "utf-8"))


def line(sentence: str, err: bool = False) -> None:
    """One line to standard output (or error)."""
    _write(sys.stderr if err else sys.stdout, f"{sentence}\n")


def body(content: bytes) -> None:
    """JSON to standard output, in UTF-8 whatever the terminal speaks."""
    _write(sys.stdout, content + b"\n")


def body_of(document: Any) -> bytes:
    """A document as JSON."""
    import orjson

    return orjson.dumps(document)


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """A command that never shows a traceback: errors become one line on standard error and an exit code.

    With ``--json`` standard output carries them too, as ``{"title": …, "errors": […]}``. ``--debug`` shows tracebacks.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        lang = str(kwargs.get("lang", "en"))
        lang = lang if lang in LANGUAGES else "en"
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.BadParameter):
            raise
        except KeyboardInterrupt as error:
            raise typer.Exit(fail(error, lang)) from None
        except Exception as error:
            if kwargs.get("debug"):
                traceback.print_exc()
            raise typer.Exit(fail(error, lang, bool(kwargs.get("as_json")))) from None

    return run


def fail(error: BaseException, lang: str = "en", as_json: bool = False) -> Exit:
    """Say in one line what went wrong; the exit code. What fails after a Ctrl-C fails because of it."""
    if _interrupted.is_set() or isinstance(error, KeyboardInterrupt):
        line(say("interrupted", lang), err=True)
        return Exit.INTERRUPTED
    sentence = _sentence(error, lang)
    line(sentence, err=True)
    if as_json:
        body(body_of({"title": sentence, "errors": []}))
    return Exit.ERROR


def _sentence(error: BaseException, lang: str) -> str:
    """An error in one line: those raised on purpose in their own words, others by name."""
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    if isinstance(error, InvestAIError):
        return say("problem", lang, reason=reason)
    if isinstance(error, OSError):
        return say("problem", lang, reason=error.strerror or reason)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return say("missing-part", lang, part=error.name)
    return say("unexpected", lang, reason=f"{type(error).__name__}: {reason}")


_running: list[threading.Thread] = []
_interrupted = threading.Event()


def hear_interrupts() -> None:
    """Note every Ctrl-C: one that arrives while a library is imported may be swallowed there by a bare ``except``."""

    def note(*_: object) -> None:
        _interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)


def interruptible(work: Callable[[], T]) -> T:
    """Do the work in a thread of its own, so that Ctrl-C is heard while the solver is busy."""
    answer: list[T] = []
    failed: list[BaseException] = []
    done = threading.Event()

    def task() -> None:
        try:
            answer.append(work())
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=task, daemon=True)
    _running.append(thread)
    thread.start()
    while not done.wait(0.2) or _interrupted.is_set():
        if _interrupted.is_set():
            raise KeyboardInterrupt
    _running.remove(thread)
    if failed:
        raise failed[0]
    return answer[0]


def leave(code: Any) -> None:
    """End the process; at once where a solver still runs, since nothing can stop it from here."""
    number = code if isinstance(code, int) else int(code is not None)
    if any(thread.is_alive() for thread in _running):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(number)
    sys.exit(number)


def _write(stream: Any, content: str | bytes) -> None:
    """Write and flush. A reader who has left (``| head``) is no error: what follows goes nowhere."""
    try:
        if isinstance(content, bytes):
            stream.flush()
            stream.buffer.write(content)
        else:
            encoding = stream.encoding or "utf-8"
            stream.write(content.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _to_nowhere(stream)
    except OSError:
        _to_nowhere(stream)
        raise


def _to_nowhere(stream: Any) -> None:
    """Point the stream's file at the null device, so that the flush at exit finds nothing to fail on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
