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
# # First strategy
#
# A strategy here is a **rule**: pure functions from candles to candidates and exits. Freqtrade does
# the trading, the risk engine the stakes and the refusals. This page writes one, asks whether it
# has seen the future, and backtests it on a **SIMULATED** market without drift: what it earns here
# is luck or cost, whatever the sign.

# %%
from contextlib import ExitStack

from proratio_core.candles import CandleStore, store_scenario
from proratio_core.clock import SystemClock
from proratio_core.settings import load_settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.measures import MEASURES, format_value
from proratio_quantlab.risk_statement import risk_statement
from proratio_tradehub.backtesting import Backtester, BacktestRequest, check_causality
from proratio_tradehub.isolation import isolated

installation = ExitStack()
settings, database = installation.enter_context(isolated(load_settings(env_file=None)))
pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
span = Timerange.parse("20240101-20240701")
store_scenario(CandleStore(database), pairs, [Timeframe.H1], timerange=span)

# %% [markdown]
# ## The rule
#
# Buy when the close rises above its mean of 48 hours, sell when it falls below, at a loss of 5% or
# at a gain of 10%. In an installation of yours this is a file in `user_data/strategies`. Try it
# without the gain: the risk engine refuses every entry, since no reward is planned for the risk.

# %%
CODE = """
from dataclasses import dataclass

import pandas as pd

from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import crossed_above


@dataclass(frozen=True)
class AboveMeanRule:
    candles: int = 48

    @property
    def startup_candles(self):
        return self.candles

    def indicators(self, frame):
        return frame.assign(mean=frame["close"].rolling(self.candles).mean())

    def candidates(self, frame):
        return crossed_above(frame["close"], frame["mean"])

    def exits(self, frame):
        return crossed_above(frame["mean"], frame["close"])


class AboveMean(RuleStrategy):
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}
    rule = AboveMeanRule()
"""
(settings.user_data / "strategies" / "AboveMean.py").write_text(CODE)
request = BacktestRequest(
    "AboveMean",
    "simulated",
    pairs,
    Timeframe.H1,
    Timerange.parse("20240201-20240701"),
    profile="none",
)
backtester = installation.enter_context(Backtester(settings, database, clock=SystemClock()))

# %% [markdown]
# ## Has it seen the future?
#
# Candles are judged twice: with all that came after them, and without. A difference is a leak, and
# then no figure means anything.

# %%
causality = check_causality(backtester, request, database, samples=20)
print(f"{causality.strategy.candles} candles judged twice, clean: {causality.is_clean}")
assert causality.is_clean

# %% [markdown]
# ## The backtest
#
# Fees and slippage are in every figure. The lines below the table are not small print: they say how
# little 150 days can prove.

# %%
outcome = backtester.run(request)
run = outcome.comparison.gated
for measure in MEASURES:
    value = format_value(measure.of(run.metrics), measure.unit)
    print(f"{measure.label_in(outcome.comparison.quote):<24}{value:>12}")

# %%
print("-", risk_statement(run))
for line in (*outcome.comparison.certainty.lines, *outcome.comparison.caveats):
    print("-", line)

# %%
installation.close()
