"""Published answers. The sources stand in the scenario files."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimiser import Result, allocate, frontier, load_file

SCENARIOS = Path(__file__).parent / "scenarios"


def published(name: str) -> Result:
    result = allocate(SCENARIOS / f"{name}.json")
    assert result.termination == "optimal"
    assert result.certificate is not None and result.certificate.holds
    assert result.objective.gap == 0
    return result


def fractions(result: Result) -> dict[str, float]:
    """To 10 digits: two digits more than the published ones are worked out to here."""
    return {c.id: pytest.approx(c.funded, abs=1e-10) for c in result.candidates if c.funded > 0}


def prices(result: Result) -> dict[str, float]:
    return {b.rule: pytest.approx(b.shadow_price, abs=1e-9) for b in result.binding}


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_loads_without_an_error(path):
    assert [f for f in load_file(path).findings if f.severity == "error"] == []


class TestLorieAndSavage:
    """Lorie and Savage (1955), nine projects; Weingartner (1963)."""

    def test_divisible(self):
        result = published("lorie-savage")
        # Basis x6, x7: 6 x6 + 48 x7 = 50 − 42, 6 x6 + 4 x7 = 20 − 14. So x7 = 2 / 44, x6 = (6 − 4 · 2 / 44) / 6.
        assert result.objective.value == pytest.approx(70.2727, abs=5e-5)
        assert result.objective.value == pytest.approx(70 + 3 / 11, abs=1e-9)
        whole = {f"project-{n}": 1 for n in (1, 3, 4, 9)}
        assert fractions(result) == whole | {"project-6": 32 / 33, "project-7": 1 / 22}
        found = {c.id: round(c.funded, 5) for c in result.candidates}
        assert (found["project-6"], found["project-7"]) == (0.9697, 0.04545)

    def test_shadow_prices(self):
        result = published("lorie-savage")
        assert result.has_duals
        found = {b.rule: b.shadow_price for b in result.binding if b.label == "A1"}
        assert {rule: round(value, 5) for rule, value in found.items()} == {"year-1": 0.13636, "year-2": 1.86364}
        assert prices(result) == {"year-1": 3 / 22, "year-2": 41 / 22}
        assert not any(b.integers_fixed for b in result.binding)

    def test_all_or_nothing(self):
        result = published("lorie-savage-integer")
        assert result.objective.value == 70
        assert {c.funded for c in result.candidates} == {0, 1}

    def test_the_whole_is_at_most_the_divisible(self):
        assert published("lorie-savage-integer").objective.value <= published("lorie-savage").objective.value


def test_primavera():
    """Oracle Primavera's worked example: A, worth 1000, for 400 of 500."""
    result = published("primavera")
    assert result.objective.value == 1000
    assert fractions(result) == {"a": 1}
    assert result.indicators is not None
    assert result.indicators.public_money == 400


def test_shadow_price_ranges():
    """Item 2 of the project's references: 40.5 at x2 = 4.5 (y = x / 10), prices 4.5 and 0."""
    result = published("shadow-price-ranges")
    assert result.objective.value == pytest.approx(40.5, abs=1e-9)
    assert fractions(result) == {"x2": 0.45}
    assert prices(result) == {"first": 4.5}  # the second rule does not bind: 9 of 15


def test_fractional_knapsack():
    """By ratio: 6, 5, and two thirds of 4. The price of the budget is the ratio of the marginal candidate."""
    result = published("fractional-knapsack")
    assert result.objective.value == pytest.approx(240, abs=1e-9)
    assert fractions(result) == {"a": 1, "b": 1, "c": 2 / 3}
    budget = [b for b in result.binding if (b.label, b.rule) == ("B1", "budget")]
    assert [b.shadow_price for b in budget] == [pytest.approx(4, abs=1e-9)]


KP28 = [
    (92265, 203766), (94320, 203217), (94335, 193707), (94703, 193104), (96443, 192721), (98043, 192633),
    (98878, 192104), (99468, 191845), (99593, 191800), (101203, 191769), (101323, 191452), (101908, 191269),
    (102563, 190823), (102743, 190740), (105223, 190455), (108870, 188462), (111355, 187920), (112285, 187664),
    (112665, 187231), (113120, 187135), (114107, 186695), (115255, 186687), (115705, 176944), (117145, 176757),
    (117325, 176628), (117558, 176252), (118898, 176002), (119885, 175562), (121033, 175554), (121868, 175025),
    (122803, 174929), (124193, 174690), (124313, 174373), (124618, 174155), (124738, 173838), (125358, 173468),
    (125448, 164361), (125678, 164284), (125748, 164151), (126435, 163921), (126615, 163792), (126735, 163475),
    (127243, 163220), (127494, 162899), (128057, 162506), (128329, 162370), (129259, 162114), (129277, 152614),
    (129347, 152481), (129634, 152422), (129759, 152382), (129942, 152258), (131099, 152132), (131254, 152106),
    (131374, 151789), (132089, 151577), (132209, 151260), (133330, 151094), (133430, 150533), (133705, 141402),
    (134022, 141158), (135045, 141152), (135215, 140846), (135327, 140731), (135470, 140617), (136555, 140596),
    (137037, 140084), (137157, 139767), (137462, 139549), (137582, 139232), (137672, 130361), (137792, 130044),
    (138047, 129954), (138797, 129827), (138977, 129698), (139002, 119823), (139275, 119689), (139547, 119553),
    (140407, 119430), (140477, 119297), (140607, 108955), (140618, 108619), (141247, 99363), (141258, 99027),
    (141278, 98806),
]  # fmt: skip
"""All non-dominated points of kp28, by the first value, as published."""


def test_every_non_dominated_point_of_twenty_eight_projects_of_two_values():
    answer = frontier(SCENARIOS / "two-values.json", complete=True)
    assert answer.complete and all(point.proven for point in answer.points)
    assert sorted(point.values for point in answer.points) == KP28
    assert all(result.certificate.holds for result in answer.results)
