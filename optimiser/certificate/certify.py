"""The table of contents of the certificate, and the function that goes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
from optimiser.result.result import Certificate, RuleCheck
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
    phase_fraction,  # Y1
    guaranteed_amount,  # GU
    # O1, tiers used in a stated order, is missing on purpose: it is a stage of the search, not a rule that one
    # plan can break. Its optimum and its bound stand with the stages of the objective.
)


def certify(scenario: Scenario, plan: Plan, draws: Draws | None = None) -> Certificate:
    """Recompute every rule of ``scenario`` on ``plan``, in exact arithmetic.

    ``draws``: of the scenario's risk model, if they are already made.

    The certificate holds if no rule is broken by more than its allowance. Money or a fraction for what the
    scenario does not have (tier, candidate, phase, a year without cost) is a violation, not an error: F1 for
    money without a cost (GU for a guarantee), S6 for an unknown tier, Y1 for a fraction and T1 for a start of an
    unknown phase.
    """
    if scenario.risk is not None and draws is None:
        draws = draws_of(scenario)
    ledger = open_ledger(scenario, plan, draws if scenario.risk is not None else None)
    rules = [check for rule in RULES for check in rule(ledger)]
    if scenario.risk is not None and draws is not None:
        rules += risk_rules(scenario, plan, draws)
    return Certificate(
        holds=all(check.violation <= check.allowance for check in rules),
        largest_violation=max((check.violation for check in rules), default=0.0),
        rules=rules,
    )
