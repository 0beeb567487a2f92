"""Breaks every rule in turn and sees that the tests notice: ``python tests/mutate_rules.py``.

A copy of the tree is made, one rule in it is deleted, and the tests of that rule must fail:

- model: each function of ``RULES`` in ``optimiser/model/build.py`` (whole, and each row it states by itself),
  ``may_pay`` (S6), ``tier_order`` (O1), the terms of the objective and the tie-break, by tests/rules;
  ``stage_floors`` (E1), by tests/study;
- losses: each function of ``RULES`` in ``optimiser/model/losses.py``, each row that counts losses (W1), and a pool in
  which nothing is ever lost, by tests/rules;
- certificate: each check of ``RULES`` in ``optimiser/certificate/certify.py``, each check of a level's losses, and a
  count in which nothing is ever lost, by tests/certificate;
- stresses: each kind, and each part of what is said of a plan under stress, by tests/stresses.

Exit code 1 if any mutant survives or the tests fail before anything is broken. Further arguments go to pytest.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

T = TypeVar("T")

WORKERS = 2
TIMEOUT_S = 120
"""A mutant that runs forever has been noticed."""

FOLDERS = ("tests/rules", "tests/certificate", "tests/stresses")

ROWS = {"at_most", "at_least", "equal", "state"}
"""Calls that state a row of the model."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule less. label: of its equation. what: the function, and which row of it. tests: folder and names."""

    label: str
    what: str
    file: Path
    source: str
    tests: str
    names: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the tests took it: "noticed", "SURVIVED" or "BROKEN" (they could not run), by which test, in seconds."""

    state: str
    by: str
    seconds: float


def model_mutants() -> Iterator[Mutant]:
    """The model without one of its rules."""
    from optimiser.model import build, closeness, columns, envelopes, losses, objective, revolving, structure
    from optimiser.solve import tie_break

    for rule in build.RULES:
        yield _without(rule, label_of(rule), "pass", "tests/rules")
        yield from _without_a_row(rule, label_of(rule))
    yield from _without_a_row(envelopes.booked_by_start, label_of(envelopes.ceilings))
    yield _without(structure._start_after, label_of(structure.starts), "pass", "tests/rules")
    for risk_rule in losses.RULES:
        yield _without(risk_rule, label_of(risk_rule), "pass", "tests/rules")
    yield _nothing_lost(losses.pool_columns, label_of(losses.pool_columns), "tests/rules")
    for part in (losses.pool_columns, losses._lost_columns, losses._sum_column):
        yield from _without_a_row(part, label_of(losses.pool_columns), least=1)
    yield _without(losses.expected_excess, label_of(losses.pool_columns), "return []", "tests/rules")
    yield _without(losses.tail_mean, label_of(losses.tail_limits), "return []", "tests/rules")
    yield _without(revolving._repaid, "B3", "return []", "tests/rules")
    yield _without(revolving.repaid_share, "B3", "return 1.0", "tests/rules")
    for part in (closeness._few_changes, closeness._moved_money):
        yield from _without_a_row(part, label_of(closeness.stay_close), least=1)
    yield _without(objective.least_violations, "soft", "return []", "tests/rules")
    yield _without(columns.may_pay, "S6", "return True", "tests/rules")
    yield _without(objective.tier_order, "O1", "return []", "tests/rules")
    yield _without(objective.stage_floors, "E1", "return", "tests/study")
    for name, term in objective.TERMS.items():
        yield _without(term, name, "return []", "tests/rules")
    yield _without(tie_break.tie_break_goals, "tie", "return []", "tests/rules")


def certificate_mutants() -> Iterator[Mutant]:
    """The certificate without one of its checks."""
    certify = importlib.import_module("optimiser.certificate.certify")  # the package gives its function this name
    for check in certify.RULES:
        yield _without(check, label_of(check), "yield from ()", "tests/certificate")
    losses = importlib.import_module("optimiser.certificate.losses")
    yield from _without_a_yield(losses._violations)
    yield _nothing_lost(losses._levels, "R", "tests/certificate")
    yield _without(losses._guaranteed, "R", "return {}", "tests/certificate")
    revolving = importlib.import_module("optimiser.certificate.revolving")
    yield _without(revolving._repaid, "B3", "return {}", "tests/certificate")
    guarantees = importlib.import_module("optimiser.certificate.guarantees")
    for part in (guarantees._see_candidates, guarantees._see_places):
        yield _without(part, "GU", "pass", "tests/certificate")


def stress_mutants() -> Iterator[Mutant]:
    """Kinds of stress that change nothing, and reports that leave a part out."""
    from optimiser.result import stresses
    from optimiser.scenario import stress

    for kind, function in stress.KINDS.items():
        yield _without(function, kind, "pass", "tests/stresses")
    yield _without(stress.bookable_before, "budget_refused", "return math.inf", "tests/stresses")
    yield _without(stress.refused_tiers, "budget_refused", "return frozenset()", "tests/stresses")
    yield _without(stresses.plan_under, "delay", "return plan", "tests/stresses")
    yield _without(stresses._draws, "draws", "return drawn", "tests/stresses")
    yield _without(stresses._change, "change", "return stressed", "tests/stresses")
    yield _without(stresses._exceeded, "limits", "return []", "tests/stresses")
    yield _without(stresses._broken, "rules", "return []", "tests/stresses")


def label_of(rule: Callable[..., object]) -> str:
    """The label of its equation: the first word of the docstring."""
    return (rule.__doc__ or "").split()[0]


def _without(rule: Callable[..., object], label: str, body: str, tests: str) -> Mutant:
    file, tree, function = _parsed(rule)
    function.body = ast.parse(body).body
    return _mutant(label, rule.__name__, file, tree, tests)


def _nothing_lost(rule: Callable[..., object], label: str, tests: str) -> Mutant:
    """The function with other draws: as many, of the same candidates, and no loss in any of them."""
    file, tree, function = _parsed(rule)
    nothing = "draws = type(draws)(draws.candidates, draws.losses * 0.0, draws.probability)"
    at = 1 if ast.get_docstring(function) is not None else 0
    function.body[at:at] = ast.parse(nothing).body
    return _mutant(label, f"{rule.__name__}: nothing is lost", file, tree, tests)


def _without_a_yield(check: Callable[..., object]) -> Iterator[Mutant]:
    """A check of several rules without one of them; each is yielded with its label first."""
    _, _, function = _parsed(check)
    found = [n for n, node in enumerate(ast.walk(function)) if _yielded_label(node)]
    for number in found:
        file, tree, function = _parsed(check)
        node = list(ast.walk(function))[number]
        assert isinstance(node, ast.Expr)
        label = _yielded_label(node)
        node.value = ast.Constant(None)
        yield _mutant(label, f"{check.__name__}, line {node.lineno}", file, tree, "tests/certificate")


def _yielded_label(node: ast.AST) -> str:
    """The label in ``yield "R1", …``; empty where the statement is another."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield) and isinstance(node.value.value, ast.Tuple):
        first = node.value.value.elts[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return ""


def _without_a_row(rule: Callable[..., object], label: str, least: int = 2) -> Iterator[Mutant]:
    """The rule without each of its rows in turn; one that is its only row is the whole rule, as a mutant of its own."""
    _, _, function = _parsed(rule)
    rows = [n for n, node in enumerate(ast.walk(function)) if _states_a_row(node)]
    if len(rows) >= least:
        for number in rows:
            file, tree, function = _parsed(rule)
            row = list(ast.walk(function))[number]
            assert isinstance(row, ast.Expr)
            what = f"{rule.__name__}, line {row.lineno}: {ast.unparse(row)[:60]}"
            row.value = ast.Constant(None)
            yield _mutant(label, what, file, tree, "tests/rules")


def _states_a_row(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in ROWS


def _parsed(rule: Callable[..., object]) -> tuple[Path, ast.Module, ast.FunctionDef]:
    file = Path(inspect.getfile(rule)).resolve().relative_to(ROOT)
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == rule.__name__]
    return file, tree, found[0]


def _mutant(label: str, what: str, file: Path, tree: ast.Module, tests: str) -> Mutant:
    names = f"Test{label}" if tests == "tests/certificate" else f"test_{label}"
    return Mutant(label, what, file, ast.unparse(ast.fix_missing_locations(tree)), tests, names)


class Tree:
    """A copy of what the tests need, and a process that runs pytest in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("optimiser", "api", "scenarios", "tests/study", *FOLDERS):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        environment = {**os.environ, "PYTHONPATH": str(folder), "PY_COLORS": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        self._pytest = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "forked_pytest.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
            text=True,
        )

    def run_tests(self, tests: Sequence[str], arguments: list[str]) -> tuple[int, str]:
        """Exit code of pytest in this copy, and the first test that failed. The settings need one plugin."""
        assert self._pytest.stdin is not None and self._pytest.stdout is not None
        always = ["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout"]
        asked = {"tree": str(self.folder), "arguments": [*tests, *always, *arguments], "limit_s": TIMEOUT_S}
        print(json.dumps(asked), file=self._pytest.stdin, flush=True)
        done = json.loads(self._pytest.stdout.readline())
        if done["code"] is None:
            return 1, f"no end after {TIMEOUT_S} s"
        failed = re.search(r"^(?:FAILED|ERROR) (?:\S*::)?(.+?)(?: - .*)?$", done["said"], re.MULTILINE)
        return done["code"], failed[1] if failed else done["said"].strip()[-300:]

    def close(self) -> None:
        """Ends the process."""
        self._pytest.communicate()


def verdict_on(mutant: Mutant, tree: Tree, arguments: list[str]) -> Verdict:
    """Tests that bear the rule's name first, then, if it survives, all of them."""
    started = time.perf_counter()
    target = tree.folder / mutant.file
    unbroken = target.read_text(encoding="utf-8")
    _write(target, mutant.source)
    try:
        found = (tree.folder / mutant.tests).glob("test_*.py")
        files = [str(f) for f in found if mutant.names in f.read_text(encoding="utf-8")]
        code, by = tree.run_tests(files, ["-k", mutant.names, *arguments]) if files else (0, "")
        if code == 0:
            code, by = tree.run_tests([mutant.tests], arguments)
    finally:
        _write(target, unbroken)
    state = {0: "SURVIVED", 1: "noticed"}.get(code, "BROKEN")
    return Verdict(state, by if state != "SURVIVED" else "", time.perf_counter() - started)


def _write(target: Path, source: str) -> None:
    target.write_text(source, encoding="utf-8")
    # Compiled files are told apart by second and size: not enough here.
    Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)


def in_trees(trees: Sequence[Tree], jobs: Sequence[Callable[[Tree], T]]) -> list[T]:
    """Each job with a tree to itself, as many at a time as there are trees."""
    free: queue.Queue[Tree] = queue.Queue()
    for tree in trees:
        free.put(tree)

    def in_one(job: Callable[[Tree], T]) -> T:
        tree = free.get()
        try:
            return job(tree)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        return list(pool.map(in_one, jobs))


def tried(mutant: Mutant, arguments: list[str]) -> Callable[[Tree], Verdict]:
    """The job of trying one mutant, which prints its line."""

    def job(tree: Tree) -> Verdict:
        verdict = verdict_on(mutant, tree, arguments)
        place = f"{mutant.label:4} {mutant.file.parts[1]}: {mutant.what}"
        print(f"{verdict.state:8} {verdict.seconds:5.1f} s  {place}\n{'':18}{verdict.by}\n", end="", flush=True)
        return verdict

    return job


def main(arguments: list[str]) -> int:
    """Run every mutant, print the table; 1 if any survives."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        trees = [Tree(Path(folder) / str(n)) for n in range(WORKERS)]
        for tree in trees:
            stack.callback(tree.close)
        unbroken = in_trees(trees, [lambda tree, tests=tests: tree.run_tests([tests], arguments) for tests in FOLDERS])
        if any(code != 0 for code, _ in unbroken):
            print("The tests fail before anything is broken:", *(by for code, by in unbroken if code != 0), sep="\n  ")
            return 1
        mutants = [*model_mutants(), *certificate_mutants(), *stress_mutants()]
        verdicts = in_trees(trees, [tried(mutant, arguments) for mutant in mutants])
    survivors = [m for m, verdict in zip(mutants, verdicts, strict=True) if verdict.state != "noticed"]
    print(f"\n{len(mutants)} mutants, {len(survivors)} not noticed, {time.perf_counter() - started:.0f} s")
    for m in survivors:
        print(f"  {m.label} {m.file}: {m.what}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
