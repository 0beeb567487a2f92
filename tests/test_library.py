"""Every carried scenario allocates, with the optimum its README states, and says where its figures come from."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from optimiser import allocate, load_file
from optimiser.library import library_files

ROOT = Path(__file__).resolve().parent.parent

EXPECTED = {
    "ai-factories": 275_000,
    "deepseek-efficiency": 5,
    "eurohpc-2026-call": 700_000,
    "expressions-of-interest": 1_751_500,
    "first-loss-design": -4194.117647,
    "french-plan": 3_350_000,
    "investai-2025": 500_000,
    "private-pledge": 5_000_000,
    "regulatory-burden": 2_095_540.41732,
    "stargate-scale": 5_150_000,
    "stargate-scale-500": 21_150_000,
}


def test_the_library_is_what_is_expected():
    assert library_files().keys() == EXPECTED.keys()


@pytest.fixture(scope="module", params=sorted(EXPECTED))
def answered(request):
    path = library_files()[request.param]
    return request.param, load_file(path).expect(), allocate(path)


def test_allocates_with_a_proof(answered):
    name, _, result = answered
    assert result.termination == "optimal"
    assert result.objective.value == pytest.approx(EXPECTED[name], rel=1e-9)
    assert result.objective.gap == 0
    assert result.certificate is not None and result.certificate.holds


def test_every_figure_has_a_source_or_is_marked(answered):
    _, scenario, _ = answered
    grades = {source.id: source.grade for source in scenario.sources}
    assert all(grades.values()) and all(source.text for source in scenario.sources)
    for part in (*scenario.candidates, *scenario.fund.tiers):
        assert part.sources or part.assumptions, part.id


def test_names_and_descriptions_are_there(answered):
    _, scenario, _ = answered
    assert scenario.name and len(scenario.description) > 100
    assert all(candidate.name for candidate in scenario.candidates)


def test_investai_2025_cannot_spend_its_20_billion():
    scenario = load_file(library_files()["investai-2025"]).expect()
    result = allocate(scenario)
    assert result.indicators is not None
    assert sum(tier.size.at_most for tier in scenario.fund.tiers) == 20_000
    assert result.indicators.public_money == 7350
    left = {u.tier: u for u in result.unspent if u.amount}
    assert sum(u.amount for u in left.values()) == 4250
    assert "S2" in left["member-states"].kept_by


def test_eurohpc_2026_shows_sites_below_the_power_floor_and_misses_20_billion_of_private_money():
    result = allocate(library_files()["eurohpc-2026-call"])
    below = {f["pointer"] for f in result.findings if f["code"] == "below-floor"}
    assert {"/candidates/pt-sines", "/candidates/cz-prague-zbraslav"} <= below
    assert result.indicators is not None and result.indicators.private_money == 18_550
    hosts = {"HR", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "PL", "PT", "SK", "ES", "SE"}
    funded = {country for c in result.candidates if c.funded for country in c.country.split("+")}
    assert funded <= hosts


def test_eurohpc_2026_says_who_bears_losses_of_the_private_money_it_asks_for():
    scenario = load_file(library_files()["eurohpc-2026-call"]).expect()
    result = allocate(scenario)
    # Nobody pays more than announced or assumed: private 70 % of cost, 65 % where 35 % are public.
    for candidate, award in zip(scenario.candidates, result.candidates, strict=True):
        private = award.private_money + sum(
            award.money.get(k.id, 0.0) for k in scenario.fund.tiers if not k.public and k.id in award.money
        )
        if award.funded:
            share = 0.65 if candidate.id in ("pl-baltic", "fi-kajaani") else 0.7
            assert private == share * sum(sum(p.cost.values()) for p in candidate.all_phases)
    assert result.risk is not None
    assert [t.tier for t in result.risk.tiers] == ["pooled-equity", "junior-loan", "senior-loan"]
    assert all(t.expected_yearly_return > t.hurdle for t in result.risk.tiers if t.hurdle is not None)
    senior = result.risk.levels[-1]
    assert senior.flip_point.fewest_failures == 5
    assert [(x.kind, x.at_most) for x in senior.limits] == [("expected_loss", 0.01), ("cvar 0.99", 0.15)]
    assert senior.limits[1].bounded_share == pytest.approx(0.1161, abs=5e-5)
    stresses = {s.id: s for s in result.stresses}
    assert {name for name, s in stresses.items() if s.limits} == {"chip-price-fall", "delay", "spain-fails"}
    refused = stresses["next-mff-refused"]
    assert refused.unfunded is not None and refused.unfunded.total == 2710.5
    assert len(refused.unfunded.by_candidate) == 7
    assert {(r.label, r.rule) for r in refused.rules} == {("B1", "union"), ("B2", "union")}


@pytest.mark.parametrize("name", ["eurohpc-2026-call", "investai-2025"])
def test_stresses_are_marked_as_what_they_are(name):
    scenario = load_file(library_files()[name]).expect()
    assert scenario.risk is not None
    kinds = {s.kind for s in scenario.risk.stresses}
    assert kinds == {"chip_price_fall", "delay", "country_failure", "budget_refused"}
    assert all(s.name and (s.assumptions or s.sources) for s in scenario.risk.stresses)


@pytest.mark.parametrize("name", ["investai-2025", "first-loss-design"])
def test_the_reference_rate_is_an_assumption_and_a_first_loss_is_partly_given(name):
    scenario = load_file(library_files()[name]).expect()
    assert scenario.fund.reference_rate is not None and scenario.fund.reference_rate.assumptions
    result = allocate(scenario)
    given = result.grant_equivalents
    assert given is not None and given.not_counted == []
    first = next(t.id for t in scenario.fund.tiers if t.public and t.in_pool)
    aid = sum(c.by_tier.get(first, 0.0) for c in given.candidates)
    share = {"investai-2025": 0.212, "first-loss-design": 0.210}[name]
    assert aid / result.indicators.by_tier[first] == pytest.approx(share, abs=1e-3)
    assert all(c.intensity <= 0.35 for c in given.candidates)


def test_expressions_of_interest_is_made_from_its_seed(tmp_path):
    made = tmp_path / "made.json"
    script = (ROOT / "scenarios" / "generate_expressions_of_interest.py").read_text()
    before = library_files()["expressions-of-interest"].read_bytes()
    (tmp_path / "generate.py").write_text(script)
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path, stdout=subprocess.DEVNULL)
    made = next(tmp_path.rglob("expressions-of-interest.json"))
    assert made.read_bytes() == before
    scenario = json.loads(before)
    assert "synthetic" in (scenario["name"] + scenario["description"]).lower()
    assert len(scenario["candidates"]) == 60
    assert len({c["country"] for c in scenario["candidates"]}) == 16


def test_first_loss_design_finds_the_thickness_that_makes_the_senior_tier_acceptable():
    for share, first_loss in ((0.2, 4194.117647), (0.3, 2400.0)):
        pointer = "/fund/tiers/private-senior/limits/cvar/at_most"
        result = allocate(load_file(library_files()["first-loss-design"], {pointer: share}))
        senior = result.risk.levels[1]
        assert result.indicators.by_tier["first-loss"] == pytest.approx(first_loss, abs=1e-6)
        assert senior.limits[0].bounded_share == pytest.approx(share, abs=1e-6)
        assert senior.attachment == pytest.approx(first_loss, abs=1e-6)
