"""One batch: what is known is skipped, the rest is read, solved and kept, in whatever order workers finish."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal

from optimiser.batch.items import Item, SweepItem
from optimiser.batch.solving import Answered, BatchOptions, Failed, Prepared, content_digest, failed, prepare, solve
from optimiser.batch.store import Kept, Store
from optimiser.result.exit_codes import Exit, exit_code

MOST_ATTEMPTS = 3
"""How often an item is tried whose worker dies. After the first death it runs alone, so that no other dies of it."""

READ_AT_ONCE = 16
SOLVED_AT_ONCE = 8
"""Items of one task: enough to make its journey cheap, few enough to keep all workers busy to the end."""

UNDER_WAY = 3
"""Tasks under way for each worker: one runs, the others wait at its door. Memory does not grow with the batch."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one item ended.

    state: "failed" where there is no result: the scenario has errors, or its worker died. skipped: it was known before.
    prepared: what reading gave; None where reading failed.
    """

    item: Item
    state: Literal["succeeded", "failed"]
    exit_code: Exit
    skipped: bool
    findings: tuple[dict[str, Any], ...] = ()
    prepared: Prepared | None = None
    kept: Kept | None = None


@dataclass(slots=True)
class _Task:
    """Items on their way to a worker and back. deaths: of workers that had them."""

    kind: Literal["read", "solve"]
    items: list[Item]
    deaths: int = 0


@dataclass(slots=True)
class Batch:
    """One run of a batch.

    executors: opens the workers; called again where a death has broken them. workers: how many there are.
    on_end: told of every item when it ends, in the order of ending.
    """

    store: Store
    options: BatchOptions
    executors: Callable[[], AbstractContextManager[Executor]]
    workers: int
    on_end: Callable[[Ended], None]
    _digests: dict[str, str] = field(default_factory=dict)
    # Several items may have the same content, several contents the same answer: one of each is solved.
    _same_content: dict[str, list[Item]] = field(default_factory=dict)
    _same_key: dict[str, list[str]] = field(default_factory=dict)
    _prepared: dict[str, Prepared] = field(default_factory=dict)
    _waiting: deque[_Task] = field(default_factory=deque)
    _running: dict[Future[Any], _Task] = field(default_factory=dict)

    def run(self, items: Sequence[Item]) -> None:
        """Run to the end.

        Errors: StoreError where a result cannot be kept; ClusterUnavailable. What was kept before stays kept, so that
        running again goes on from there; so it does after an interrupt.
        """
        self._plan(items)
        while self._waiting:
            try:
                with self.executors() as executor:
                    self._work(executor)
            # It has gone through the executor's own end, which kills what is left: a worker that began while another
            # was dying hears nothing of it, and would be waited for in vain.
            except BrokenExecutor:
                tasks = list(self._running.values())
                self._running.clear()
                for task in tasks:
                    self._after_death(task)

    def _plan(self, items: Sequence[Item]) -> None:
        """End what is known already; put the rest into tasks."""
        rest = [item for part in _parts(items, 1000) for item in self._unknown(part)]
        swept = [item for item in rest if isinstance(item, SweepItem)]
        single = [item for item in rest if not isinstance(item, SweepItem)]
        # Scenarios of a sweep differ by construction, and are quicker solved than read twice.
        self._queue("read", single, READ_AT_ONCE)
        self._queue("solve", swept, SOLVED_AT_ONCE)

    def _queue(self, kind: Literal["read", "solve"], items: Sequence[Item], most: int) -> None:
        size = max(1, min(most, len(items) // (UNDER_WAY * self.workers)))
        self._waiting.extend(_Task(kind, list(part)) for part in _parts(items, size))

    def _unknown(self, items: Sequence[Item]) -> Iterator[Item]:
        """The first item of each content that has no answer yet; items that have one end here."""
        for item in items:
            try:
                self._digests[item.name] = content_digest(item, self.options)
            except OSError as error:
                params = {"file": item.source, "reason": error.strerror or type(error).__name__}
                self._end(item, failed("cannot-read", params, self.options.lang))
        known = self.store.known([self._digests[i.name] for i in items if i.name in self._digests])
        kept = self.store.kept([p.key for p in known.values() if p.key is not None])
        for item in items:
            digest = self._digests.get(item.name)
            if digest is None:
                continue
            found = known.get(digest)
            if found is not None and (found.key is None or found.key in kept):
                self._end(item, found, kept.get(found.key or ""), skipped=True)
                continue
            same = self._same_content.setdefault(digest, [])
            same.append(item)
            if len(same) == 1:
                yield item

    def _work(self, executor: Executor) -> None:
        while self._waiting or self._running:
            # A task whose worker died runs alone: if it kills again, it kills nobody else's.
            while self._waiting and len(self._running) < (1 if self._waiting[0].deaths else UNDER_WAY * self.workers):
                task = self._waiting[0]
                function = prepare if task.kind == "read" else solve
                # A broken executor refuses here; the task must still be waiting then.
                self._running[executor.submit(function, task.items, self.options)] = task
                self._waiting.popleft()
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                self._back(future)

    def _back(self, future: Future[Any]) -> None:
        error = future.exception()
        if isinstance(error, BrokenExecutor):
            raise error
        task = self._running.pop(future)
        if error is not None:
            # A cluster says of single tasks that their workers died.
            self._after_death(task)
            return
        answers = future.result()
        self.store.keep({self._digests[i.name]: a for i, a in zip(task.items, answers, strict=True) if _keeps(a)})
        for item, answer in zip(task.items, answers, strict=True):
            if task.kind == "read":
                self._has_been_read(item, answer)
            else:
                self._has_been_solved(item, answer)

    def _after_death(self, task: _Task) -> None:
        """Try the items of a task again, each by itself; give up those that were alone too often."""
        for item in task.items:
            if task.deaths + 1 < MOST_ATTEMPTS:
                self._waiting.appendleft(_Task(task.kind, [item], task.deaths + 1))
            else:
                self._end_all(item, failed("worker-died", {"count": MOST_ATTEMPTS}, self.options.lang))

    def _has_been_read(self, item: Item, prepared: Prepared | Failed) -> None:
        digest = self._digests[item.name]
        if isinstance(prepared, Failed) or prepared.key is None:
            self._end_all(item, prepared)
            return
        kept = self.store.kept([prepared.key])
        if kept:
            self._end_all(item, prepared, kept[prepared.key], skipped=True)
            return
        self._prepared[digest] = prepared
        same = self._same_key.setdefault(prepared.key, [])
        same.append(digest)
        if len(same) == 1:
            self._waiting.append(_Task("solve", [item]))

    def _has_been_solved(self, item: Item, answer: Answered | Prepared | Failed) -> None:
        if not isinstance(answer, Answered):
            self._end_all(item, answer)
            return
        solved = answer.solved
        kept = Kept(solved.key, solved.termination, solved.has_allocation, solved.seconds)
        digest = self._digests[item.name]
        for other in self._same_key.pop(solved.key, []):
            if other != digest:
                for one in self._same_content.pop(other):
                    self._end(one, self._prepared.pop(other, answer.prepared), kept)
        self._end_all(item, answer.prepared, kept)

    def _end_all(self, item: Item, answer: Prepared | Failed, kept: Kept | None = None, skipped: bool = False) -> None:
        """End the item and all of the same content; where it has no result, also those that waited for its key."""
        digest = self._digests[item.name]
        prepared = self._prepared.pop(digest, None)
        others = self._same_key.pop(prepared.key or "", []) if prepared is not None and kept is None else []
        for one in {digest: None} | dict.fromkeys(others):
            for same in self._same_content.pop(one, []):
                self._end(same, answer, kept, skipped)

    def _end(self, item: Item, answer: Prepared | Failed, kept: Kept | None = None, skipped: bool = False) -> None:
        if kept is None:
            invalid = isinstance(answer, Prepared)
            code = Exit.INVALID if invalid else Exit.ERROR
            self.on_end(Ended(item, "failed", code, skipped, answer.findings))
        else:
            assert isinstance(answer, Prepared)
            code = exit_code(kept.termination, kept.has_allocation)
            self.on_end(Ended(item, "succeeded", code, skipped, (), answer, kept))


def _keeps(answer: Answered | Prepared | Failed) -> bool:
    return not isinstance(answer, Failed)


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[n : n + size] for n in range(0, len(items), size))
