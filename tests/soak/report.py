"""What a soak came to: what happened, what must never happen, how long and how big."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

GROWTH_LIMIT_FRAC = 0.05
READY_LIMIT_S = 10.0


class Breach(StrEnum):
    """What must never happen."""

    INTENT = "orders without exactly one intent on the disk before them"
    TWICE = "orders or positions twice"
    HALTED = "entries while a halt stood"
    BLIND = "entries while PostgreSQL was away"
    CANDLES = "candles lost, doubled or changed"
    NAKED = "positions without a stop"
    EQUITY = "negative balances"
    UNKNOWN = "differences between exchange and bot at rest"
    BAN = "requests during a ban"


@dataclass
class Report:
    """Everything of one soak.

    Parameters
    ----------
    seed
        Of the soak.
    """

    seed: int
    loops: int = 0
    virtual_days: float = 0.0
    wall_s: float = 0.0
    orders: int = 0
    entries: int = 0
    partial: int = 0
    trades: int = 0
    candles: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    ready_s: list[float] = field(default_factory=list)
    ready_cpu_s: list[float] = field(default_factory=list)
    uss_mb: list[tuple[float, float]] = field(default_factory=list)
    """Virtual days and the bot's own memory, once a week of the year."""
    breaches: list[tuple[int, Breach, str]] = field(default_factory=list)

    def breach(self, number: int, what: Breach, detail: str) -> None:
        """Note what must not have happened in a round."""
        self.breaches.append((number, what, detail))

    def count(self, what: Breach) -> int:
        """Return how often something happened."""
        return sum(breach is what for _, breach, _ in self.breaches)

    @property
    def growth_frac(self) -> float | None:
        """Return how much the memory grew after the first month; None of a shorter soak."""
        settled = [mb for day, mb in self.uss_mb if day >= 28]
        return settled[-1] / settled[0] - 1 if len(settled) > 1 else None

    @property
    def ready_p99_s(self) -> float:
        """Return the 99th percentile of the time from a start after a death to the first loop."""
        return float(np.percentile(self.ready_s, 99)) if self.ready_s else 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing happened that must not, and something was traded at all."""
        growth = self.growth_frac
        return (
            not self.breaches
            and self.entries > 0
            and self.ready_p99_s < READY_LIMIT_S
            and (growth is None or growth < GROWTH_LIMIT_FRAC)
        )

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}, SIMULATED: {self.virtual_days:,.1f} virtual days, {self.loops:,} "
            f"loops in {self.wall_s:,.0f} s",
            f"  {self.orders:,} orders accepted, {self.entries:,} of them entries, "
            f"{self.partial:,} filled in parts; {self.trades:,} trades; "
            f"{self.candles:,} candles stored",
            *(f"  {count:6,}  {what}" for what, count in sorted(self.happened.items())),
            *(f"  {count:6,}  kill -9: {point}" for point, count in sorted(self.deaths.items())),
            *(f"{self.count(what):6} {what.value}" for what in Breach),
            *self._memory(),
            *self._readiness(),
        ]
        lines += [f"  round {n}: {what.value}: {said}" for n, what, said in self.breaches[:40]]
        rounds = sorted({number for number, _, _ in self.breaches})
        lines += [f"replay: make soak SEED={self.seed} ONLY={number}" for number in rounds[:10]]
        return "\n".join(lines)

    def _memory(self) -> list[str]:
        if not self.uss_mb:
            return []
        first, last = self.uss_mb[0], self.uss_mb[-1]
        growth = self.growth_frac
        said = "shorter than five weeks" if growth is None else f"{growth:+.1%} after day 28"
        weekly = " ".join(f"{mb:.0f}" for _, mb in self.uss_mb)
        return [f"memory: {first[1]:.0f} MB on day {first[0]:.0f}, {last[1]:.0f} MB on day "
                f"{last[0]:.0f}: {said}; by week: {weekly}"]  # fmt: skip

    def _readiness(self) -> list[str]:
        if not self.ready_s:
            return []
        half = float(np.median(self.ready_s))
        return [
            f"restart to first loop: median {half:.1f} s, p99 {self.ready_p99_s:.1f} s, longest "
            f"{max(self.ready_s):.1f} s over {len(self.ready_s)} (processor time: median "
            f"{float(np.median(self.ready_cpu_s)):.1f} s, longest {max(self.ready_cpu_s):.1f} s)"
        ]
