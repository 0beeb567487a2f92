"""Controlled rounding: cells to whole euros so that F1 and the nested totals of B1 and B2 hold exactly.

Each cell goes to the whole euro below or above, and so does every total: of a tier, of its years and of
its spans, none past its envelope or ceiling. Sources equal uses in every phase and year. Rows (phase, year)
and columns (tier, year) of the cells make a small transportation problem, whose linear programme has whole
solutions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from quicktions import Fraction

from optimiser.model.build import Model
from optimiser.model.columns import Columns
from optimiser.model.data import PhaseData
from optimiser.plan import EUROS_PER_MILLION, PhaseKey, Plan, euros_of, exact
from optimiser.scenario.candidate import Schedule
from optimiser.scenario.fund import Tier
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.session import Session

_WHOLE = Fraction(0), Fraction(1)

SNAP_EUROS = 0.05
"""A cell this near to a whole euro is that euro: the solver's own tolerance is a thousandth of a euro."""

SNAP_FRACTION = 1e-9
"""A fraction this near to 0 or 1 is 0 or 1, unless its phase costs so much that this is money."""


Numbers = NDArray[np.int64]


@dataclass(slots=True)
class _Cells:
    """Open cells (not yet whole): their column, the euros below and the part above."""

    number: dict[int, int]
    below: list[int]
    part: list[float]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is settled before the money: fraction of each phase, and its start (None: fixed years, or not funded)."""

    fraction: dict[PhaseKey, Fraction]
    start: dict[PhaseKey, int | None]

    def cost(self, p: PhaseData) -> Schedule:
        """Cost by year, as the phase starts; of one that is not funded nothing is due, whenever it might start."""
        return p.cost.get(self.start[p.key], {})


@dataclass(frozen=True, slots=True)
class _Sums:
    """Where each cell counts in F1: a row a phase and year with a cost.

    money: all columns that stand for money.
    cells, rows: of each cell its column and its row. first: the first row of each phase; phase: the phase of each row.
    cost: of each row, where the phase's years are fixed and it is a whole number of euros; else 0, and not plain.
    """

    money: Numbers
    cells: Numbers
    rows: Numbers
    first: list[int]
    phase: Numbers
    cost: Numbers
    plain: NDArray[np.bool_]


def _sums_of(model: Model) -> _Sums:
    money = np.array([*model.columns.x.values(), *model.columns.m.values()], dtype=np.int64)
    cells: list[int] = []
    rows: list[int] = []
    first: list[int] = []
    phase: list[int] = []
    cost: list[int] = []
    plain: list[bool] = []
    for number, p in enumerate(model.data.phases):
        start = len(phase)
        first.append(start)
        for numbers in _paying(model, p):
            cells += numbers
            rows += range(start, start + len(numbers))
        phase += [number] * len(p.years)
        of_years = [euros_of(p.cost.get(None, {}).get(t, 0.0)) for t in p.years]
        is_plain = [isinstance(euros, int) and not p.start_is_decided for euros in of_years]
        plain += is_plain
        cost += [int(euros) if whole else 0 for euros, whole in zip(of_years, is_plain, strict=True)]
    of_cells, of_rows = np.array(cells, dtype=np.int64), np.array(rows, dtype=np.int64)
    of_phase = np.array(phase, dtype=np.int64)
    costs, are_plain = np.array(cost, dtype=np.int64), np.array(plain, dtype=bool)
    return _Sums(money, of_cells, of_rows, first, of_phase, costs, are_plain)


def _paying(model: Model, p: PhaseData) -> list[list[int]]:
    """The columns that pay a phase, of each source by year."""
    of_phase = [xs for k, xs in model.columns.x_of_phase[p.key].items() if xs and model.data.tiers[k].pays_cost]
    private = model.columns.m_of_phase[p.key]
    return [*of_phase, private] if private else of_phase


class Rounding:
    """Plans of models, of which many of a family have the same columns."""

    def __init__(self) -> None:
        self._columns: Columns | None = None
        self._sums: _Sums | None = None

    def plan_of(self, model: Model, values: Floats) -> Plan:
        """The plan in whole euros of a solution of the model."""
        if self._sums is None or model.columns is not self._columns:
            self._columns, self._sums = model.columns, _sums_of(model)
        return _plan_of(model, values, self._sums)


def plan_of(model: Model, values: Floats) -> Plan:
    """The plan in whole euros of a solution of the model."""
    return _plan_of(model, values, _sums_of(model))


def _plan_of(model: Model, values: Floats, sums: _Sums) -> Plan:
    of_column = values.tolist()
    fractions = {p.key: _fraction(of_column[model.columns.y[p.key]], p) for p in model.data.phases}
    starts = {p.key: _start(model, values, p) if fractions[p.key] else None for p in model.data.phases}
    euros = _whole_euros(model, values, _Decided(fractions, starts), sums).tolist()
    columns = model.columns
    return Plan(
        fraction={key: y for key, y in fractions.items() if y},
        money={key: euros[i] for key, i in columns.x.items() if euros[i]},
        private_money={key: euros[i] for key, i in columns.m.items() if euros[i]},
        start={key: start for key, start in starts.items() if start is not None},
    )


def _start(model: Model, values: Floats, p: PhaseData) -> int | None:
    """The year in which the phase starts; None where its years are fixed."""
    of_start = model.columns.y_from[p.key]
    return max(of_start, key=lambda start: float(values[of_start[start]]))


def _fraction(value: float, p: PhaseData) -> Fraction:
    nearest = round(value)
    if value == nearest or not p.candidate.divisible:
        return _WHOLE[nearest] if 0 <= nearest <= 1 else Fraction(nearest)
    off = abs(value - nearest)
    is_whole = off <= SNAP_FRACTION and off * p.total_cost * EUROS_PER_MILLION <= SNAP_EUROS
    return Fraction(nearest) if is_whole else Fraction(f"{value:.15g}")


def _whole_euros(model: Model, values: Floats, decided: _Decided, sums: _Sums) -> Numbers:
    """Whole euros of every column, by the first way that keeps every total.

    Cells near a whole euro taken as whole; else every cell open, as many small differences make a euro; else totals
    within their envelopes and ceilings alone, as spans that overlap without nesting may have no whole answer beside
    each of them; else, where even these cannot hold, F1 alone, and the certificate tells.
    """
    for snap in (SNAP_EUROS, 0.0):
        euros, cells = _snapped(values, sums.money, snap)
        uses = _uses(model, decided, euros, cells, sums)
        if _settled_by(uses + _totals(model, decided, euros, cells), euros, cells):
            return euros
    if not _settled_by(uses + _totals(model, decided, euros, cells, beside=False), euros, cells):
        _settled_by(uses, euros, cells)
    return euros


def _snapped(values: Floats, money: Numbers, snap: float) -> tuple[Numbers, _Cells]:
    """Euros of every column (whole where so near), and the cells still open."""
    amounts = np.maximum(values, 0.0) * EUROS_PER_MILLION
    nearest = np.rint(amounts)
    euros = nearest.astype(np.int64)
    odd = np.sort(money[np.abs(amounts - nearest)[money] > snap])
    cells = _Cells({}, [], [])
    for i in odd.tolist():
        cells.number[i] = len(cells.below)
        cells.below.append(math.floor(amounts[i]))
        cells.part.append(float(amounts[i] - math.floor(amounts[i])))
    return euros, cells


_Row = tuple[list[int], float, float]
"""Open cells that are summed, least and most of them that may go up."""


def _settled_by(rows: list[_Row], euros: Numbers, cells: _Cells) -> bool:
    """Round the open cells up or down, together; False, and nothing done, where the rows leave no way."""
    if not all(low <= 0 <= high for loose, low, high in rows if not loose):
        return False
    ups = _transport(cells, [row for row in rows if row[0]]) if cells.number else []
    if ups is None:
        return False
    euros[list(cells.number)] = np.array(cells.below, dtype=np.int64) + np.array(ups, dtype=np.int64)
    return True


def _uses(model: Model, decided: _Decided, euros: Numbers, cells: _Cells, sums: _Sums) -> list[_Row]:
    """F1  the cells of a phase and year sum to cost · y, rounded to a whole euro where it is not one.

    Sums that hold already, without a cell that is open, are left out.
    """
    phases, number = model.data.phases, cells.number
    settled = _settled(euros, cells)
    paid = np.zeros(len(sums.phase), dtype=np.int64)
    np.add.at(paid, sums.rows, settled[sums.cells])
    fractions = [decided.fraction[p.key] for p in phases]
    share = np.array([y.numerator if y.denominator == 1 else -1 for y in fractions], dtype=np.int64)[sums.phase]
    is_open = np.zeros(len(settled), dtype=bool)
    is_open[list(number)] = True
    looked_at = ~sums.plain | (share < 0) | (paid != sums.cost * share)
    loose: dict[int, list[int]] = defaultdict(list)
    counted = np.flatnonzero(is_open[sums.cells])
    for row, cell in zip(sums.rows[counted].tolist(), sums.cells[counted].tolist(), strict=True):
        loose[row].append(number[cell])
    looked_at[list(loose)] = True
    rows: list[_Row] = []
    for row in np.flatnonzero(looked_at).tolist():
        place = int(sums.phase[row])
        p, y, n = phases[place], fractions[place], row - sums.first[place]
        cost = int(sums.cost[row]) if sums.plain[row] else euros_of(decided.cost(p).get(p.years[n], 0.0))
        use, settled_use = cost * y, int(paid[row])
        rows.append((loose.get(row, []), math.floor(use) - settled_use, math.ceil(use) - settled_use))
    return rows


def _totals(model: Model, decided: _Decided, euros: Numbers, cells: _Cells, beside: bool = True) -> list[_Row]:
    """B1, B2  what each tier spends in all, by year and by span: within its bounds.

    beside: and the whole euro below or above.
    """
    rows: list[_Row] = []
    floors, number = _settled(euros, cells).tolist(), cells.number
    for tier in model.data.tiers.values():
        booked = _booked(model, decided, tier)
        loose_in = {t: [number[i] for i in numbers if i in number] for t, numbers in booked.items()}
        settled_in = {t: sum([floors[i] for i in numbers]) for t, numbers in booked.items()}
        for years, least, most in _bounds(tier, model.data.years):
            loose = [n for t, numbers in loose_in.items() if t in years for n in numbers]
            settled = sum([amount for t, amount in settled_in.items() if t in years])
            low = (_whole(least, tier, math.ceil) if least else 0) - settled
            high = _whole(most, tier, math.floor) - settled
            if beside:
                up = sum(cells.part[n] for n in loose)
                near = round(up) if abs(up - round(up)) <= SNAP_EUROS else None
                low = max(low, math.floor(up) if near is None else near)
                high = min(high, math.ceil(up) if near is None else near)
            rows.append((loose, min(low, high), high))
    return rows


def _booked(model: Model, decided: _Decided, tier: Tier) -> dict[int, list[int]]:
    """The cells the tier's ceilings count, by year: commitments to a phase whose start is decided with that start."""
    columns = model.columns
    stand_for_cells = {b for (k, *_), of_start in columns.b.items() if k == tier.id for b in of_start.values()}
    if not stand_for_cells:
        return columns.x_booked[tier.id]
    booked = {t: [i for i in numbers if i not in stand_for_cells] for t, numbers in columns.x_booked[tier.id].items()}
    for p in model.data.phases:
        start = decided.start[p.key]
        if start is not None:
            year = p.booking_year(start)
            booked[year] = booked.get(year, []) + columns.x_of_phase[p.key].get(tier.id, [])
    return booked


def _whole(amount: float, tier: Tier, to_whole: Callable[[Fraction], int]) -> float:
    """Whole euros of the tier that use this much of its budget: of a guarantee, more than what is set aside."""
    rate = exact(tier.budget_rate)
    return math.inf if math.isinf(amount) or not rate else to_whole(Fraction(euros_of(amount)) / rate)


def _bounds(tier: Tier, years: range) -> list[tuple[range, float, float]]:
    """Spans of years whose total is kept, with the bounds of B1 and B2 on them.

    Of a revolving tier its years and its total: B3 is no sum of whole cells, and has an allowance in the certificate.
    """
    if tier.revolving is not None:
        return [(years, tier.size.at_least, math.inf), *((range(t, t + 1), 0.0, math.inf) for t in years)]
    bounds = [(years, tier.size.at_least, tier.size.at_most)]
    bounds += [(range(span.from_, span.to + 1), 0.0, span.at_most) for span in tier.ceilings]
    cumulated = Fraction(0)
    for t in years:
        ceiling = math.inf if tier.annual_ceiling is None else tier.annual_ceiling.get(t, 0.0)
        if tier.annual_ceiling is not None and tier.carry_over:
            cumulated += exact(ceiling)
            bounds.append((range(years[0], t + 1), 0.0, float(cumulated)))
        else:
            bounds.append((range(t, t + 1), 0.0, ceiling))
    return bounds


def _settled(euros: Numbers, cells: _Cells) -> Numbers:
    """Euros of every column with every open cell at its floor."""
    if not cells.number:
        return euros
    settled = euros.copy()
    settled[list(cells.number)] = cells.below
    return settled


def _transport(cells: _Cells, rows: list[_Row]) -> list[int] | None:
    """Which open cells go up: nearest to their parts, every row within its bounds. None where there is no way."""
    n = len(cells.below)
    start, index = [0], []
    for loose, *_ in rows:
        index += loose
        start.append(len(index))
    part = np.array(cells.part)
    arrays = Arrays(
        cost=2.0 * part - 1.0,
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=np.zeros(n, dtype=bool),
        row_lower=np.array([row[1] for row in rows], dtype=float),
        row_upper=np.array([row[2] for row in rows], dtype=float),
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.ones(len(index)),
    )
    for whole in (False, True):
        # Spans of years that overlap without nesting are no network: then the integer conditions are stated.
        arrays.integer[:] = whole
        session = Session(arrays, threads=1)
        session.maximise(arrays.cost)
        run = session.run(10.0)
        if run.values is None:
            return None
        ups = np.rint(run.values)
        if np.abs(run.values - ups).max(initial=0.0) < 1e-6:
            return [int(u) for u in ups]
    return None
