"""The documentation says what the code does: generated parts are fresh, every label, command and link is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from optimiser import allocate
from optimiser.certificate import losses as loss_checks
from optimiser.certificate.certify import RULES as CHECKS
from optimiser.model import losses
from optimiser.model.build import RULES
from optimiser.model.columns import may_pay
from optimiser.model.objective import TERMS, stage_floors, tier_order
from optimiser.scenario.objective import TermName
from optimiser.scenario.schema import scenario_schema

ROOT = Path(__file__).resolve().parent.parent.parent
LABELS = tuple("F1 F2 F3 B1 B2 B3 S1 S2 S3 S4 S5 S6 S7 Y1 Q1 N1 G1 A1 A2 L1 L2 L3 T1 T2 GU W1 R1 R2 R3 O1 E1".split())  # noqa: SIM905
ALL_RULES = (*RULES, losses.pool_columns, *losses.RULES, may_pay, tier_order, stage_floors)


def label_of(rule):
    return rule.__doc__.split()[0]


def test_generated_pages_are_fresh():
    made = subprocess.run(
        [sys.executable, ROOT / "docs" / "make_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout


def test_every_label_has_one_rule_one_check_a_section_and_a_test():
    assert sorted(label_of(r) for r in ALL_RULES) == sorted(LABELS)
    of_losses = [label_of(loss_checks._levels), *re.findall(r"R\d", loss_checks.risk_rules.__doc__)]
    assert sorted([*(label_of(c) for c in CHECKS), *of_losses]) == sorted(set(LABELS) - {"O1", "E1"})
    page = (ROOT / "docs" / "model.md").read_text()
    tests = "\n".join(p.read_text() for p in (ROOT / "tests").rglob("test_*.py"))
    for label in LABELS:
        section = re.search(rf"### {label}: .*?(?=\n### |\Z)", page, re.DOTALL)
        assert section is not None, label
        assert "States it: `optimiser/" in section[0] and "Tests: `tests/" in section[0]
        assert re.search(rf"[Tt]est_?{label}", tests), label


def test_every_rule_states_its_dual():
    for rule in ALL_RULES:
        assert "dual" in rule.__doc__.lower(), rule.__name__


def test_every_term_is_stated_and_measured():
    from typing import get_args

    from optimiser.result.measures import MEASURES

    assert TERMS.keys() == MEASURES.keys()
    assert set(get_args(TermName)) == TERMS.keys()


def test_every_field_of_the_format_has_a_unit():
    schema = scenario_schema()
    for name, part in [("Scenario", schema), *schema["$defs"].items()]:
        for key, value in part.get("properties", {}).items():
            description = value.get("description", "")
            assert re.search(r"\[[^\]]+\]$", description), f"{name}.{key}: {description!r}"


def test_the_example_of_decided_starts_is_as_described():
    result = allocate(ROOT / "docs" / "examples" / "two-starts.json")
    assert {c.id: c.starts for c in result.candidates} == {"north": {"phase-1": 2027}, "south": {"phase-1": 2028}}
    paid = {year: sum(m.amount for m in result.money if m.year == year) for year in (2027, 2028, 2029)}
    assert paid == {2027: 60, 2028: 100, 2029: 40}
    assert result.objective.another_optimum == "exists"


@pytest.mark.parametrize("page", sorted(p.relative_to(ROOT) for p in [ROOT / "README.md", *ROOT.glob("docs/*.md")]))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text()):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target


def test_what_the_readme_names_exists():
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make (\w+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for path in re.findall(r"`((?:optimiser|api|scenarios|docs)/?[\w/.-]*)`", readme):
        assert (ROOT / path).exists(), path


def test_every_library_scenario_is_described():
    described = (ROOT / "scenarios" / "README.md").read_text()
    for path in (ROOT / "scenarios").glob("*.json"):
        assert path.stem in described


def test_every_setting_of_the_service_is_documented():
    from dataclasses import fields

    from api.settings import PREFIX, Settings

    page = (ROOT / "docs" / "service.md").read_text()
    for setting in fields(Settings):
        assert f"`{PREFIX}{setting.name.upper()}`" in page
