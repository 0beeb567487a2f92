"""The table of contents of the certificate, and the function that goes through it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from optimiser.certificate.closeness import published_plan
from optimiser.certificate.envelopes import ceilings_by_year, tier_envelope
from optimiser.certificate.financing import least_public_share, private_pledge_and_share, sources_equal_uses
from optimiser.certificate.groups import attribute_bounds, attribute_floor, money_to_group
from optimiser.certificate.guarantees import guaranteed_amount
from optimiser.certificate.ledger import Ledger, open_ledger
from optimiser.certificate.losses import risk_rules
from optimiser.certificate.revolving import repayments
from optimiser.certificate.shares import (
    award_limits,
    concentration,
    eligibility,
    matching,
    public_share_of_cost,
    tickets,
    tier_share_of_cost,
)
from optimiser.certificate.structure import (
    exclusive_candidates,
    locks_and_commitments,
    number_funded,
    phase_fraction,
    phases_in_order,
    required_candidates,
    start_years,
)
from optimiser.plan import Plan
from optimiser.result.result import Certificate, RuleCheck, SoftBound
from optimiser.risk.draws import Draws, draws_of
from optimiser.scenario.scenario import Scenario

RULES: tuple[Callable[[Ledger], Iterator[RuleCheck]], ...] = (
    sources_equal_uses,  # F1
    private_pledge_and_share,  # F2
    least_public_share,  # F3
    tier_envelope,  # B1
    ceilings_by_year,  # B2
    repayments,  # B3
    tier_share_of_cost,  # S1
    public_share_of_cost,  # S2
    matching,  # S3
    tickets,  # S4
    concentration,  # S5
    eligibility,  # S6
    award_limits,  # S7
    phases_in_order,  # Q1
    number_funded,  # N1
    money_to_group,  # G1
    attribute_bounds,  # A1
    attribute_floor,  # A2
    exclusive_candidates,  # L1
    required_candidates,  # L2
    locks_and_commitments,  # L3
    start_years,  # T1
    published_plan,  # T2
    phase_fraction,  # Y1
    guaranteed_amount,  # GU
    # O1, tiers used in a stated order, is missing on purpose: it is a stage of the search, not a rule that one
    # plan can break. Its optimum and its bound stand with the stages of the objective.
)


def certify(
    scenario: Scenario, plan: Plan, draws: Draws | None = None, soft: Iterable[SoftBound] | None = None
) -> Certificate:
    """Recompute every rule of ``scenario`` on ``plan``, in exact arithmetic.

    ``draws``: of the scenario's risk model, if they are already made.
    ``soft``: how far soft rules are said to be broken, if anything is said of it.

    The certificate holds if no rule is broken by more than its allowance, and soft ones as far as they are said to be.
    Money or a fraction for what the scenario does not have (tier, candidate, phase, a year without cost) is a
    violation, not an error: F1 for money without a cost (GU for a guarantee), S6 for an unknown tier, Y1 for a
    fraction and T1 for a start of an unknown phase.
    """
    if scenario.risk is not None and draws is None:
        draws = draws_of(scenario)
    ledger = open_ledger(scenario, plan, draws if scenario.risk is not None else None)
    rules = [check for rule in RULES for check in rule(ledger)]
    if scenario.risk is not None and draws is not None:
        rules += risk_rules(scenario, plan, draws)
    rules = _with_stated(rules, soft) if soft is not None else rules
    return Certificate(
        holds=all(check.holds for check in rules),
        largest_violation=max((check.violation for check in rules if not check.soft), default=0.0),
        rules=rules,
    )


def _with_stated(rules: list[RuleCheck], soft: Iterable[SoftBound]) -> list[RuleCheck]:
    """The lines of soft rules with the sum of what is stated of them beside what is counted here."""
    stated: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for bound in soft:
        stated[bound.label, bound.rule, bound.unit].append(bound.violation)
    return [replace(c, stated=math.fsum(stated[c.label, c.rule, c.unit])) if c.soft else c for c in rules]
