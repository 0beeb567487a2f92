"""Parts of pages that need a scenario read or solved, made in a worker process from start to end.

A page comes in parts: its top at once, then the form (levers, or the question), then the answer when it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from api.page.levers import edits_of, without
from api.page.rendering import environment, render, words
from api.page.views import DRAWINGS
from api.page.views.drawing import Question
from api.problems import Answer, ProblemError, refuse
from api.work.job import Job, hard_stop_s, invalid, killed_after, options_within, too_large, warm_up
from optimiser.errors import QuestionError, SolverError
from optimiser.findings import Finding
from optimiser.report.charts import Stack, bars, svg_of
from optimiser.report.page import Block
from optimiser.report.pages import findings_page
from optimiser.scenario.load import Loaded, load_document

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows of a scenario: the document as written, what its link changes, and what it asks.

    tab: which view. base: address of the scenario's allocation. link: address of this view. kept: the edits as they
    stand in the link. asked: what else stands there, every value by its key. part: "page", or "answer" alone.
    other: the document a difference starts from. choices: ids and names of the scenarios there are.
    """

    tab: str
    base: str
    link: str
    document: dict[str, Any]
    kept: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[str, list[str]] = field(default_factory=dict)
    part: str = "page"
    other: dict[str, Any] | None = None
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def edits(self) -> dict[str, Any]:
        """Changed figures by pointer."""
        return edits_of(self.kept)[0]

    @property
    def off(self) -> list[str]:
        """Rules left out."""
        return edits_of(self.kept)[1]

    def one(self, key: str, default: str = "") -> str:
        """The last value asked under a key."""
        return self.asked.get(key, [default])[-1]

    def to(self, tab: str, lang: str, more: Mapping[str, Any] | None = None) -> str:
        """Address of another view of the same scenario with the same changes."""
        path = self.base if tab == "allocation" else f"{self.base}/{tab}"
        pairs = [*self.kept, *(more or {}).items(), ("lang", lang)]
        return f"{path}?{urlencode(pairs)}"

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.base.rpartition("/")[2]

    def to_differences(self, lang: str) -> str:
        """Address of what the changes do: from the scenario as written to the one with them."""
        return f"/differences?{urlencode([('a', self.id), ('b', self.id), *self.kept, ('lang', lang)])}"

    def to_another(self, lang: str) -> str:
        """Address of what differs from another scenario to this one with its changes."""
        return f"/differences?{urlencode([('b', self.id), *self.kept, ('lang', lang)])}"


def small_chart() -> Any:
    """A chart for those who draw one to have drawn one."""
    return bars(Stack([{"tier": "", "year": 0, "amount": 0.0, "place": 0}], [""]))


def prepare_page() -> None:
    """What pages need once, starting no thread: the first chart is stated, and templates are compiled."""
    small_chart().to_dict()
    environment()


def warm_up_page(niceness: int, most_bytes: int) -> None:
    """Prepares a worker that draws pages too: the first chart takes half a second, and starts threads."""
    warm_up(niceness, most_bytes)
    svg_of(small_chart())


def view_of(body: bytes) -> View:
    """The view a route hands to the worker."""
    found = orjson.loads(body)
    return View(**found | {"kept": [(k, v) for k, v in found.get("kept", [])]})


def form_part(job: Job) -> Answer:
    """The levers of a scenario, or what can be asked of it: all that stands before its answer."""
    view = view_of(job.body)
    with killed_after(job.settings.max_reading_s):
        written = load_document(view.document)
        loaded = edited(view)
    context = DRAWINGS[view.tab].form(view, written.scenario, loaded, job.lang)
    return Answer(200, render(f"views/{view.tab}_form.html", job.lang, view=view, **context), HTML)


def answer_part(job: Job) -> Answer:
    """The answer to what a page asks, or what is wrong with its scenario or its question."""
    view = view_of(job.body)
    with killed_after(job.settings.max_reading_s):
        loaded = edited(view)
    if loaded.scenario is None:
        return _refused(view, "invalid", loaded.findings, job.lang)
    if (problem := too_large(loaded.scenario, job)) is not None:
        return problem
    options, capped = options_within(loaded.scenario, job.settings)
    question = Question(view, Loaded(loaded.scenario, (*loaded.findings, *capped)), options, job.lang)
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            context = DRAWINGS[view.tab].answer(question)
    except QuestionError as error:
        return _refused(view, "cannot-ask", error.findings, job.lang)
    except SolverError as error:
        return refuse("solver-refused", reason=str(error)).problem.answer(job.lang, job.instance)
    return Answer(200, render(f"views/{view.tab}_answer.html", job.lang, view=view, **context), HTML)


def file_part(job: Job) -> Answer:
    """A file made of a scenario or of its allocation."""
    from api.page.views.files import FILES

    view = view_of(job.body)
    with killed_after(job.settings.max_reading_s):
        loaded = edited(view)
    if loaded.scenario is None:
        return invalid("invalid-scenario", loaded.findings, job)
    if (problem := too_large(loaded.scenario, job)) is not None:
        return problem
    options, capped = options_within(loaded.scenario, job.settings)
    question = Question(view, Loaded(loaded.scenario, (*loaded.findings, *capped)), options, job.lang)
    make, media_type = FILES[view.one("name")]
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            return Answer(200, make(question), media_type)
    except ProblemError as error:
        return error.problem.answer(job.lang, job.instance)
    except SolverError as error:
        return refuse("solver-refused", reason=str(error)).problem.answer(job.lang, job.instance)


def edited(view: View) -> Loaded:
    """The scenario of a view, with its edits and without the rules it leaves out."""
    document = without(orjson.loads(orjson.dumps(view.document)), view.off)
    return load_document(document, view.edits)


def _refused(view: View, code: str, found: tuple[Finding, ...] | list[Finding], lang: str) -> Answer:
    """Findings in the place of an answer."""
    blocks: list[Block] = findings_page(words(lang)(code), [f.as_dict(lang) for f in found], lang, True)
    return Answer(200, render("views/refused.html", lang, view=view, blocks=blocks), HTML)
