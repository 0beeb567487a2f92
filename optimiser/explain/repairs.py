"""The cheapest repair of a scenario without a plan: the least changes of its numbers that give it one.

Every repair is applied and solved before it is offered. Where no number helps, whole rules are dropped.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from optimiser.allocation import Source, loaded_from, options_of, provenance, solve_scenario
from optimiser.explain.answer import Change, Repair, RepairOption
from optimiser.explain.clash import ClashingRule, RulePlace, clash_of, clashing_rules, in_words
from optimiser.explain.repairing import Repairing, without_ties
from optimiser.explain.written import Written
from optimiser.messages import text
from optimiser.model.build import build_model
from optimiser.result.result import ScenarioId
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import document_of, load_document
from optimiser.scenario.patch import patched
from optimiser.scenario.pointer import join, split, value_at
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions


def repair(source: Source, options: SolveOptions | None = None, lang: str = "en") -> Repair:
    """Which rules of a scenario clash, and the cheapest repairs.

    options: their time limit is the whole question's.
    Errors: ScenarioError with all findings where the scenario has errors; SolverError where the solver refuses.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    clock = Clock(options or options_of(scenario), started)
    return repaired(scenario, clock, [f.as_dict(lang) for f in loaded.findings], lang)


def repaired(scenario: Scenario, clock: Clock, findings: list[dict[str, str]], lang: str) -> Repair:
    """The same for a checked scenario, within the time that is left."""
    model = build_model(scenario)
    clashing = clashing_rules(model, arrays_of(model.programme), clock)
    not_computed: list[str] = []
    repairs = _repairs(scenario, clashing.rules, clock, lang, not_computed) if clashing.feasible is False else []
    if clashing.feasible is None:
        not_computed.append("clash")
    return Repair(
        schema_version="1",
        scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
        feasible=clashing.feasible,
        clash=clash_of(scenario, clashing, lang) if clashing.feasible is False else None,
        repairs=repairs,
        not_computed=list(dict.fromkeys(not_computed)),
        findings=findings,
        provenance=provenance(clock.options.solver, clock.started, time.perf_counter() - clock.started),
    )


def _repairs(
    scenario: Scenario, clash: Sequence[ClashingRule], clock: Clock, lang: str, not_computed: list[str]
) -> list[RepairOption]:
    """The cheapest repair, and each rule of the clash that suffices alone; locks only where nothing else helps.

    A repair changes at least one rule of every irreducible set: a rule outside this one never suffices alone.
    """
    found: dict[tuple[str, ...], RepairOption] = {}
    attempts: list[Collection[RulePlace] | None] = [rule.places for rule in reversed(clash) if len(rule.members) == 1]
    attempts += [None, *(rule.places for rule in clash if len(rule.members) > 1)]
    for with_locks in (False, True):
        for n, allowed in enumerate(attempts):
            part = clock.part(1 / (len(attempts) - n) if allowed is not None else 0.5)
            repairing = Repairing(scenario, allowed, with_locks, part, lang)
            option = repairing.option() if not clock.over else None
            if option is not None:
                found.setdefault(tuple(sorted(c.pointer for c in option.changes)), option)
            elif part.over:
                not_computed.append("repairs")
        if found or clock.over:
            break
    if not found and not clock.over:
        dropping = _dropping(scenario, clash, clock, lang)
        found |= {("dropped",): dropping} if dropping is not None else {}
    return sorted(found.values(), key=lambda r: (r.size, r.rules_changed))


def _dropping(scenario: Scenario, clash: Sequence[ClashingRule], clock: Clock, lang: str) -> RepairOption | None:
    """The last resort, where no number helps: whole rules dropped, one of each clash, until a plan exists or the
    numbers of the others can bring it about."""
    document = document_of(scenario)
    changes: list[Change] = []
    while not clock.over:
        rules = [w for rule in clash for w in rule.members if _dropped_from(document, w) is not None]
        if not rules:
            return None
        # A rule with a number may yet be loosened once the others are gone.
        gone = next((w for w in reversed(rules) if not w.is_number), rules[-1])
        document = _dropped_from(document, gone) or document
        rule = in_words(scenario, gone, lang)
        pointer = join(split(gone.pointers[0])[:-1] if gone.is_number else split(gone.pointers[0]))
        words = text("explain.change.dropped", {"text": rule.text}, lang)
        changes.append(Change(rule.label, rule.rule, pointer, gone.value, None, None, rule.unit, words))
        left = load_document(document).scenario
        if left is None:
            return None
        model = build_model(left)
        clashing = clashing_rules(model, arrays_of(model.programme), clock)
        if clashing.feasible:
            value = solve_scenario(left, without_ties(clock)).value
            return RepairOption(changes, float(len(changes)), len(changes), 0.0, False, value, "")
        rest = Repairing(left, None, True, clock, lang).option()
        if rest is not None:
            both = [*changes, *rest.changes]
            size, count = rest.size + len(changes), rest.rules_changed + len(changes)
            return replace(rest, changes=both, size=size, rules_changed=count, proven_least=False, command="")
        clash = clashing.rules
    return None


def _dropped_from(document: dict[str, Any], w: Written) -> dict[str, Any] | None:
    """The document without a rule that stands in a list of rules; None where it does not."""
    for place in (["constraints"], ["fund", "matching"]):
        if split(w.pointers[0])[: len(place)] == place:
            listed = value_at(document, join(place))
            kept = [r for r in listed if r["id"] != w.rule]
            return patched(document, {join(place): kept}) if len(kept) < len(listed) else None
    return None
