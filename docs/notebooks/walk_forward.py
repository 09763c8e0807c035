# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Walk forward
#
# Parameters chosen on a past look good on that past. A walk forward chooses on one window and is
# judged on the next, which the choice has never seen. The market is **SIMULATED** and has no drift,
# so there is nothing to find: what follows shows what finding nothing looks like.

# %%
from contextlib import ExitStack

from proratio_core.candles import CandleStore, store_scenario
from proratio_core.clock import SystemClock
from proratio_core.settings import load_settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.windows import WindowPlan
from proratio_quantlab.workforce import LocalWorkforce
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from proratio_tradehub.isolation import isolated
from proratio_tradehub.research import WalkRequest, walk_forward

installation = ExitStack()
settings, database = installation.enter_context(isolated(load_settings(env_file=None)))
pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
span = Timerange.parse("20240101-20240601")
store_scenario(CandleStore(database), pairs, [Timeframe.H1], timerange=span)

# %% [markdown]
# ## The plan
#
# Learn from 40 days, be tested on 20, move on. The last 48 candles of each training are purged:
# a trade begun there may still be open when the test begins.

# %%
request = WalkRequest(
    BacktestRequest(
        "SimpleTestStrategy",
        "simulated",
        pairs,
        Timeframe.H1,
        Timerange.parse("20240115-20240529"),
        profile="none",
    ),
    SearchSpace.parse(["fast_candles=6,12,18", "slow_candles=26,40"]),
    SearchPlan(),
    Objective.SHARPE,
    WindowPlan(train_days=40, test_days=20, purge_candles=48, embargo_candles=24),
)
with Backtester(settings, database, clock=SystemClock()) as backtester:
    outcome = walk_forward(
        request,
        backtester,
        settings,
        database,
        workforce=LocalWorkforce(1),
        progress=lambda _what, _part: None,
    )
(arm,) = outcome.arms

# %% [markdown]
# ## In the window, and after it
#
# Compare the two columns. The left one is what a search would have shown you.

# %%
print(f"{'test':<24}{'chosen':<36}{'Sharpe in':>10}{'out':>8}")
for result in arm.windows:
    if result.chosen is None:
        print(f"{result.window.test!s:<24}nothing could be judged")
        continue
    chosen = ", ".join(f"{name}={value}" for name, value in result.chosen)
    inside, outside = result.trained.metrics.sharpe, result.tested.metrics.sharpe
    print(f"{result.window.test!s:<24}{chosen:<36}{inside or 0:>10.2f}{outside or 0:>8.2f}")

# %% [markdown]
# ## The tests, put together
#
# The interval is the honest part of the figure. Where it contains zero, nothing was shown.

# %%
sharpe = arm.sharpe
print(f"{len(arm.daily)} days out of sample, Sharpe {sharpe.value:.2f},")
print(f"95% interval {sharpe.low:.2f} to {sharpe.high:.2f}; zero inside: {sharpe.includes_zero}")
if arm.selection is not None:
    print(arm.selection.verdict)
for note in outcome.notes:
    print("-", note)

# %%
installation.close()
