"""The service: ``uvicorn --factory api.app:create_app``."""

from __future__ import annotations

import asyncio
import logging
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.access import Access, Gate
from api.dispatcher import Dispatcher
from api.documentation import openapi_of
from api.metrics import Metrics
from api.page import installed
from api.problems import Problem, ProblemError
from api.queue import Queue
from api.requests import problem_response
from api.routes import (
    allocations,
    comparisons,
    evaluations,
    explanations,
    health,
    jobs,
    library,
    meta,
    metrics,
    studies,
)
from api.settings import Settings
from api.transport import Transport
from api.work.job import warm_up
from api.workers import Workers
from optimiser.batch.jobs import Jobs
from optimiser.batch.requests import Requests
from optimiser.batch.store import Store
from optimiser.errors import StoreError

log = logging.getLogger("api")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, with settings from the environment where none are given.

    Errors: SettingsError where an environment variable, or the file of tokens it names, cannot be used.
    """
    settings = settings or Settings.from_environment()
    app = FastAPI(
        # FastAPI's own pages of documentation load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.access, app.state.metrics = Access(settings), Metrics()
    for routes in (allocations, evaluations, comparisons, explanations, studies, jobs, library, meta, metrics, health):
        app.include_router(routes.router)
    _add_page(app)
    # The last one added is the outermost: what the gate refuses has every header, too.
    app.add_middleware(Gate, access=app.state.access)
    app.add_middleware(Transport, metrics=app.state.metrics)
    app.add_exception_handler(ProblemError, _problem_raised)
    app.add_exception_handler(StoreError, _store_refused)
    app.add_exception_handler(HTTPException, _http_exception)
    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]
    return app


def _add_page(app: FastAPI) -> None:
    """The page, or what stands in its place where its extra is not installed."""
    app.state.prepare, app.state.problem_page = warm_up, None
    if not installed():
        from api.page import absent

        app.include_router(absent.router)
        return
    from api.page import batches, decisions, desk, login, site
    from api.page.rendering import environment
    from api.page.work import warm_up_page

    # Nobody waits for templates to be compiled.
    environment()
    app.state.prepare, app.state.problem_page = warm_up_page, site.problem_page
    # The views of a scenario come last: their address ends in any word.
    for routes in (login, desk, decisions, batches, site):
        app.include_router(routes.router)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    with _store(settings) as store:
        async with _at_work(app, settings, store):
            yield


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The store of jobs: the one named, or one that goes when the service ends."""
    if settings.store:
        store = Store(settings.store, settings.store_wait_s)
        try:
            yield store
        finally:
            store.close()
        return
    with tempfile.TemporaryDirectory(prefix="investai-store-") as folder:
        log.info("jobs are kept until this process ends; INVESTAI_STORE names a store that lasts")
        store = Store(Path(folder) / "store.sqlite", settings.store_wait_s)
        try:
            yield store
        finally:
            store.close()


@asynccontextmanager
async def _at_work(app: FastAPI, settings: Settings, store: Store) -> AsyncIterator[None]:
    """Workers, and the dispatcher that brings them jobs."""
    workers = app.state.workers = Workers(
        settings.workers, settings.max_queue, prepare=app.state.prepare, most_bytes=settings.max_worker_bytes
    )
    workers.start()
    jobs, app.state.requests = Jobs(store), Requests(store)
    dispatcher = Dispatcher(jobs, app.state.requests, settings)
    app.state.queue = Queue(jobs, dispatcher)
    dispatcher.start()
    loop = asyncio.get_running_loop()

    def begin_drain() -> None:
        for some in (workers, dispatcher.workers):
            some.begin_drain(settings.drain_s)

    with _on_stop_signal(lambda: loop.call_soon_threadsafe(begin_drain)):
        yield
    await asyncio.gather(workers.drain(settings.drain_s), dispatcher.close(settings.drain_s))


@contextmanager
def _on_stop_signal(begin: Callable[[], Any]) -> Iterator[None]:
    """Calls ``begin`` when the process is told to stop, before the server's own handler.

    The server lets running requests end before it closes the application; without this, requests whose body
    is still on its way would be taken on meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: Any) -> None:
        begin()
        following = before[signal.Signals(number)]
        if callable(following):
            following(number, frame)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _problem_raised(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(request, error.problem)


async def _store_refused(request: Request, error: Exception) -> Response:
    params = {"reason": str(error)[:300].capitalize()}
    return problem_response(request, Problem("store-unavailable", params, headers=(("Retry-After", "2"),)))


async def _http_exception(request: Request, error: Exception) -> Response:
    """What the router refuses: no such address, or not by this method."""
    assert isinstance(error, HTTPException)
    if error.status_code != 405:
        return problem_response(request, Problem("not-found"))
    methods = {method.strip() for method in (error.headers or {}).get("Allow", "").split(",")} | {"OPTIONS"}
    allowed = sorted(methods | {"HEAD"} if "GET" in methods else methods)
    header = (("Allow", ", ".join(allowed)),)
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=dict(header))
    params = {"method": request.method[:20], "allowed": allowed}
    return problem_response(request, Problem("method-not-allowed", params, headers=header))
