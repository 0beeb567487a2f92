"""Templates, static files and the headers of pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.page.charts import script_name
from api.page.levers import figure
from optimiser.library import library_files
from optimiser.messages import LANGUAGES, moment, text

HERE = Path(__file__).parent

HEADERS = {
    # Everything from this service, nothing inline: a scenario's words can never become code or style.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "private, no-cache",
    # With "no-referrer" a browser would state no origin with a form, and none could be told from a foreign one.
    "Referrer-Policy": "same-origin",
}

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def statics() -> dict[str, tuple[bytes, str]]:
    """Content and media type of every static file, by its name with the hash of its content in it."""
    found = {}
    for path in sorted((HERE / "static").iterdir()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        found[f"{path.stem}.{digest}{path.suffix}"] = (content, MEDIA_TYPES[path.suffix])
    return found


@cache
def static_names() -> dict[str, str]:
    """The hashed name of each static file by its plain one."""
    return {f"{name.split('.')[0]}.{name.rsplit('.', 1)[1]}": name for name in statics()}


@cache
def environment() -> Environment:
    """The templates, all compiled: every value is escaped, a missing one is an error."""
    loader = FileSystemLoader(HERE / "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["static"] = lambda name: f"/static/{static_names()[name]}"
    made.globals["languages"] = LANGUAGES
    made.globals["charts_script"] = lambda: f"/static/{script_name()}"
    made.globals["carried"] = lambda address: address.rsplit("/", 1)[-1] in library_files()
    made.filters["figure"] = figure
    made.filters["iso"] = lambda at: _moment_of(at).isoformat(timespec="seconds")
    made.filters["moment"] = lambda at, lang: moment(_moment_of(at), lang)
    made.filters["first_sentence"] = first_sentence
    for name in made.list_templates():
        made.get_template(name)
    return made


def first_sentence(description: str) -> tuple[str, str]:
    """What a description asks, and the rest of it."""
    parts = re.split(r"(?<=[.?!])\s+", str(description).strip(), maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _moment_of(at: float | str) -> datetime:
    """A moment as the store has it: seconds, or as ISO 8601."""
    return datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, UTC)


def words(lang: str, subject: str = "page") -> Callable[..., str]:
    """The catalogue's texts of a subject, such as ``page.`` or ``desk.``, in one language."""

    def say(code: str, **params: Any) -> str:
        return text(f"{subject}.{code}", params, lang)

    return say


def render(template: str, lang: str, **context: Any) -> bytes:
    """A page's bytes."""
    return (
        environment()
        .get_template(template)
        .render(lang=lang, say=words(lang), desk=words(lang, "desk"), phrase=words(lang, "phrase"), **context)
        .encode()
    )


def page_response(content: bytes, lang: str, status: int = 200) -> Response:
    """A page as the framework's response."""
    headers = {**HEADERS, "Content-Language": lang}
    return Response(content, status, headers, media_type="text/html; charset=utf-8")
