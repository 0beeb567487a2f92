"""The tie-break: which of several equally good plans is the answer.

Stages after the objective and O1, each maximised over what the stages before leave equal:

1. least public money: a plan that does as much with less is preferred;
2. most phases funded, and among as many, those whose candidates come first by id;
3. the earliest starts, where starts are decided: the years of delay summed over the phases, and among sums as
   small, those in which candidates that come first by id start first;
4. least guaranteed: where a guarantee costs no public money, no more of it than is needed;
5. money: earlier tiers of the file pay first, in earlier years, for candidates that come first by id.

Ids are sorted, so the order of the file's candidates changes nothing. What the ranks leave equal (two
phases of one candidate, say) a fixed shuffle of the names decides, far smaller than any rank.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

from optimiser.model.build import Model
from optimiser.model.columns import Columns
from optimiser.model.objective import Goal
from optimiser.solve.arrays import Floats
from optimiser.solve.goals import cost_of

MOST_WORTH = 3.0
"""Above every worth of a euro in the stage on money: (1 + rank) · tier rank · year is at most 2."""

SHUFFLE = 1e-4
"""Size of the shuffle, against ranks that differ by a thousandth among a thousand candidates."""


def tie_break_goals(model: Model, settle_money: bool = True) -> list[Goal]:
    """The stages, those without columns left out; all but the last are over whole decisions.

    settle_money: whether the last one is wanted: which of equally good ways to pay.
    """
    data, columns = model.data, model.columns
    ids = sorted(data.phases_of)
    rank = {c: 1.0 - n / len(ids) for n, c in enumerate(ids)}
    tier_rank = {k: 1.0 - n / (2.0 * len(data.tiers)) for n, k in enumerate(data.tiers)}
    span = max(len(data.years), 1)
    first = data.years[0] if data.years else 0
    rates = {k: t.budget_rate for k, t in data.tiers.items()}
    public = [(i, -rates[k]) for k, t in data.tiers.items() if t.public for i in columns.x_of_tier[k]]
    guaranteed = [(i, -1.0) for k, t in data.tiers.items() if t.is_guarantee for i in columns.x_of_tier[k]]
    phases = [(i, 1.0 + rank[c] / (1 + n) + _shuffled(c, p)) for n, ((c, p), i) in _numbered(model)]
    # A year of delay of the first candidate by id weighs a thousandth more than one of the last: less than a year.
    delay = [
        (y, -(t - min(of_start)) * (1.0 + 1e-3 * (rank[c] + _shuffled(c, p))))
        for (c, p), of_start in _decided_starts(model)
        for t, y in of_start.items()
    ]
    # Products, not sums: a sum of ranks is constant over every way of filling fixed rows and columns.
    money = []
    guarantees = {k for k, t in data.tiers.items() if t.is_guarantee}
    for (k, c, p, t), i in columns.x.items():
        worth = (1.0 + rank[c]) * tier_rank[k] * (1.0 - (t - first) / (2.0 * span)) + _shuffled(k, c, p, str(t))
        # Guarantees fill no row of F1: each is worth less than none, or their total would drift by a stage's slack.
        money.append((i, worth - MOST_WORTH if k in guarantees else worth))
    stages = (
        ("tie-break 1: public money", [(i, a) for i, a in public if a]),
        ("tie-break 2: phases", phases),
        ("tie-break 3: starts", delay),
        ("tie-break 4: guarantees", guaranteed),
        ("tie-break 5: money", money),
    )
    return [Goal(name, tuple(pairs)) for name, pairs in (stages if settle_money else stages[:-1]) if pairs]


class TieBreak:
    """The stages of the scenario stated last, for a family of which many have the same columns."""

    def __init__(self) -> None:
        self._columns: Columns | None = None
        self._read: object = None
        self._goals: list[Goal] = []
        self._costs: dict[int, list[Floats]] = {}

    def goals(self, model: Model, settle_money: bool) -> list[Goal]:
        """As ``tie_break_goals``."""
        tiers = [(k, t.public, t.budget_rate, t.is_guarantee) for k, t in model.data.tiers.items()]
        read = settle_money, model.data.years, list(model.data.phases_of), tiers
        if model.columns is not self._columns or read != self._read:
            self._columns, self._read, self._goals = model.columns, read, tie_break_goals(model, settle_money)
            self._costs = {}
        return self._goals

    def costs(self, width: int) -> list[Floats]:
        """The stages as vectors over as many columns."""
        if width not in self._costs:
            self._costs[width] = [cost_of(goal, width) for goal in self._goals]
        return self._costs[width]


def _numbered(model: Model) -> list[tuple[int, tuple[tuple[str, str], int]]]:
    """Each phase column with the phase's place in its candidate, 0 for the first."""
    place = {p.key: n for phases in model.data.phases_of.values() for n, p in enumerate(phases)}
    return [(place[key], (key, i)) for key, i in model.columns.y.items()]


def _decided_starts(model: Model) -> list[tuple[tuple[str, str], dict[int, int]]]:
    """The columns of the start years of each phase whose start is decided."""
    decided = [p for p in model.data.phases if p.start_is_decided]
    return [(p.key, dict(zip(p.starts, model.columns.y_from[p.key].values(), strict=True))) for p in decided]


@lru_cache(maxsize=100_000)
def _shuffled(*names: str) -> float:
    """A number in [0, SHUFFLE), the same on every machine, that no two names are likely to share."""
    return SHUFFLE * zlib.crc32("\0".join(names).encode()) / 2**32
