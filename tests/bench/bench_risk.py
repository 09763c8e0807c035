"""What one risk check costs with ten positions open: `python -m tests.bench.bench_risk`.

Microseconds, median and 99th percentile, of

- `assess`: the rules on an account built beforehand, in time on the processor, which is what the
  goal is for: what else runs on the machine is not the check's doing. The wall's time stands beside
  it.
- with account: account and positions are built and validated anew for each check, as a trading
  loop does; the returns are shared, as they are within a candle.
- first of a candle: the returns are new as well, so all correlations are computed again.

All but the second are time on the processor. The garbage collector stays on. The slowest rules are
listed, so that a goal that is missed has a name.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import numpy as np
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from proratio_core.values import Market, Pair
from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.state import PortfolioState
from tests.tradehub.risk.made import (
    BTC,
    BTC_PERP,
    NOW,
    a_position,
    a_state,
    an_intent,
    returns_of,
)

POSITIONS, ROUNDS, CHECKS, WARM_UP = 10, 20, 500, 200
GOAL_US = 200.0
_HELD = tuple(Pair.parse(f"{chr(65 + number)}COIN/USDT") for number in range(POSITIONS))
_ACCOUNT = a_state(
    positions=tuple(
        a_position(pair=pair, amount=1.0, entry_price=100.0, mark_price=101.0, stop_price=95.0)
        for pair in _HELD
    ),
    returns=returns_of(BTC, BTC_PERP, *_HELD),
    entries_today=2,
    last_entry_at=NOW - timedelta(hours=2),
)


def account_anew() -> PortfolioState:
    """Return the account with every position and itself built and validated again."""
    return replace(_ACCOUNT, positions=tuple(replace(held) for held in _ACCOUNT.positions))


def account_of_a_new_candle() -> PortfolioState:
    """Return the account with returns nobody has asked anything yet."""
    known = _ACCOUNT.returns
    return replace(account_anew(), returns=RecentReturns(known.pairs, known.values))


def roomy(profile: RiskProfile) -> RiskProfile:
    """Return a profile that may hold all ten, so that no rule is spared its work."""
    return profile.model_copy(update={"max_positions": POSITIONS + 1})


def microseconds(
    act: Callable[[], object], clock: Callable[[], int] = time.thread_time_ns
) -> list[float]:
    """Return how long each run of the quietest round took, the one with the lowest p99.

    What else the machine does can only add to a time, also to one on the processor: it empties the
    caches in between.
    """
    for _ in range(WARM_UP):
        act()
    rounds = []
    for _ in range(ROUNDS):
        taken = []
        for _ in range(CHECKS):
            started_ns = clock()
            act()
            taken.append((clock() - started_ns) / 1_000)
        rounds.append(taken)
    return min(rounds, key=lambda taken: float(np.percentile(taken, 99)))


def shown(taken: list[float]) -> str:
    """Return the median and the 99th percentile as they stand in the table."""
    return f"{statistics.median(taken):.0f} / {np.percentile(taken, 99):.0f}"


def slowest_rules(profile: RiskProfile, state: PortfolioState, intent: EntryIntent) -> str:
    each = {
        rule.name: statistics.median(microseconds(partial(rule.check, state, intent)))
        for rule in rules_of(profile)
    }
    slowest = sorted(each, key=lambda name: each[name], reverse=True)[:3]
    return ", ".join(f"{name} {each[name]:.0f}" for name in slowest)


def measure(name: str) -> tuple[list[str], bool]:
    """Return a profile's row of the table, and whether it reaches the goal."""
    profile = roomy(load_risk_profile(name))
    engine = RiskEngine(profile)
    intent = an_intent(pair=BTC if Market.SPOT in profile.markets else BTC_PERP)
    verdict = engine.assess(_ACCOUNT, intent)
    if not verdict.is_allowed:
        raise SystemExit(f"{name} refuses the entry that is measured: {verdict.reason}")
    alone = microseconds(lambda: engine.assess(_ACCOUNT, intent))
    wall = microseconds(lambda: engine.assess(_ACCOUNT, intent), time.perf_counter_ns)
    whole = microseconds(lambda: engine.assess(account_anew(), replace(intent)))
    first = microseconds(lambda: engine.assess(account_of_a_new_candle(), replace(intent)))
    met = bool(np.percentile(alone, 99) <= GOAL_US)
    verdicts = f"<= {GOAL_US:.0f}", "ok" if met else "MISSED"
    row = [name, shown(alone), *verdicts, shown(wall), shown(whole), shown(first)]
    return [*row, slowest_rules(profile, _ACCOUNT, intent)], met


def main() -> None:
    """Measure and print the table."""
    table = Table(
        "profile", "assess", "goal", "", "assess, wall", "with account", "first of a candle",
        "slowest rules",
        title=f"One risk check, {POSITIONS} positions, µs: median / p99 of {CHECKS}, "
        f"quietest of {ROUNDS} rounds",
    )  # fmt: skip
    rows = [measure(name) for name in risk_profile_names()]
    for row, _ in rows:
        table.add_row(*row)
    Console(width=120).print(table)
    if not all(met for _, met in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
