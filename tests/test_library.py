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
