"""All strategies by name, and how they are asked for: ``rank-and-cut``, ``rank-and-cut:skip=false``, or an object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import Phrase, type_of
from optimiser.scenario.scenario import Scenario
from optimiser.strategies import max_min, optimise, pro_rata, ranking, risk_averse, robust, share_by_key
from optimiser.strategies.strategy import Asked, Strategy

STRATEGIES: Mapping[str, Strategy] = {
    s.name: s
    for s in (
        optimise.STRATEGY,
        ranking.RANK_AND_CUT,
        ranking.SCORE_PER_EURO,
        pro_rata.STRATEGY,
        share_by_key.STRATEGY,
        max_min.STRATEGY,
        robust.STRATEGY,
        # Last: its search takes longest, and has what the others leave of the time.
        risk_averse.STRATEGY,
    )
}


def asked_for(wanted: Iterable[Any], place: str = "/strategies") -> tuple[list[Asked], list[Finding]]:
    """The strategies asked for, each once, and what is wrong with those that cannot be understood.

    wanted: texts as ``name:parameter=value:…`` or objects as ``{"strategy": name, parameter: value}``.
    place: pointer of the list.
    """
    found: dict[str, Asked] = {}
    findings: list[Finding] = []
    for n, one in enumerate(wanted):
        asked, wrong = _asked(one, f"{place}/{n}")
        findings += wrong
        if asked is not None:
            found.setdefault(asked.label, asked)
    return list(found.values()), findings


def all_that_apply(scenario: Scenario) -> list[Asked]:
    """Every strategy that can be applied to the scenario, with its default parameters."""
    everything, _ = asked_for(STRATEGIES)
    return [asked for asked in everything if not refusals(scenario, asked)]


def refusals(scenario: Scenario, asked: Asked) -> list[Finding]:
    """What keeps a strategy from being applied to a scenario."""
    return list(asked.strategy.refused(scenario, asked.values))


def _asked(one: Any, place: str) -> tuple[Asked | None, list[Finding]]:
    if isinstance(one, str):
        name, *settings = one.split(":")
        given = dict(_setting(part) for part in settings)
    elif isinstance(one, Mapping) and isinstance(one.get("strategy"), str):
        name, given = one["strategy"], {str(k): v for k, v in one.items() if k != "strategy"}
    else:
        params = {"found": type_of(one), "expected": Phrase("a-name-or-strategy")}
        return None, [Finding("error", "wrong-type", place, params)]
    strategy = STRATEGIES.get(name)
    if strategy is None:
        return None, [Finding("error", "unknown-strategy", place, {"id": name[:80], "known": list(STRATEGIES)})]
    known = {p.name: p for p in strategy.parameters}
    findings = []
    for key, value in given.items():
        if key not in known:
            unknown = {"strategy": name, "key": key[:80], "known": list(known)}
            findings.append(Finding("error", "unknown-parameter", place, unknown))
        elif not known[key].fits(value):
            params = {"key": key, "found": json.dumps(value, default=str)[:80], "expected": known[key].expected}
            findings.append(Finding("error", "bad-parameter", place, params))
    if findings:
        return None, findings
    values = {key: given.get(key, p.default) for key, p in known.items()}
    return Asked(strategy, values, _label(name, given), place), []


def _setting(part: str) -> tuple[str, Any]:
    """``parameter=value``; a value is JSON, or else text."""
    key, _, value = part.partition("=")
    try:
        return key, json.loads(value)
    except (ValueError, RecursionError):
        return key, value


def _label(name: str, given: Mapping[str, Any]) -> str:
    return ":".join([name, *(f"{key}={_written(value)}" for key, value in sorted(given.items()))])


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "+".join(f"{k}/{v}" for k, v in value.items())
    return value if isinstance(value, str) else json.dumps(value)
