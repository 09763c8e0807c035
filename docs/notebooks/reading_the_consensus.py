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
# # Reading the consensus
#
# Three voters weigh 40, 35 and 25%; a vote acts only when its score is *above* 0.6. This page asks
# about some candles and takes one vote apart. The voters of the profile `offline` are
# **RULE-BASED** (fixed rules over past prices, no language model), and the market is **SIMULATED**:
# the mechanics are real, the opinions are worth nothing.

# %%
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from proratio_core.candles import CandleStore, store_scenario
from proratio_core.clock import SystemClock
from proratio_core.settings import load_settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_core.waiting import wait_for
from proratio_signals import Abstention, AbstentionKind, load_profile
from proratio_signals.consult import Question, open_advisor
from proratio_signals.ledger import Ledger, Origin
from proratio_signals.vote import tally
from proratio_tradehub.isolation import isolated

installation = ExitStack()
settings, database = installation.enter_context(isolated(load_settings(env_file=None)))
span = Timerange.parse("20240101-20240301")
(key,) = store_scenario(
    CandleStore(database), [Pair.parse("BTC/USDT")], [Timeframe.H1], timerange=span
)
profile = load_profile("offline")
print(f"threshold {profile.threshold}, quorum {profile.quorum.minimum_voters} voters")

# %% [markdown]
# ## Asking
#
# A question is the close of a candle; voters see the 240 candles closed by then and nothing else.
# An answer goes into the ledger before it is used, and is never asked for again.


# %%
async def decide(questions):
    async with open_advisor(settings, database, profile, clock=SystemClock()) as advisor:
        return [await advisor.decide(one, origin=Origin.BACKFILL) for one in questions]


first = datetime(2024, 1, 15, tzinfo=UTC)
questions = [Question(key, first + timedelta(hours=12 * step)) for step in range(60)]
votes = wait_for(decide(questions))
print(Counter(str(vote.action) for vote in votes))

# %% [markdown]
# ## One vote, ballot by ballot
#
# The score of an action is the sum of weight x confidence of those who want it. Abstaining is not
# neutral: the weights are never renormalised, so whoever is silent counts against acting.

# %%
vote = max(votes, key=lambda one: one.score)
ballots = Ledger(database).ballots(vote.id)
for ballot in ballots:
    opinion = ballot.answer.result
    print(
        f"{ballot.voter.name:<16} {ballot.voter.weight:.0%} x {opinion.confidence:.2f} "
        f"{opinion.action:<5} {opinion.reasoning}"
    )
print(f"score {vote.score:.3f}, dissent {vote.dissent:.0%}: {vote.action}")

# %% [markdown]
# The figure can be had with pencil and paper, and it is the one in the ledger:

# %%
again = tally(ballots, threshold=profile.threshold, quorum=profile.quorum)
by_hand = sum(
    b.voter.weight * b.answer.result.confidence
    for b in ballots
    if b.answer.result.action is again.action
)
print(f"{by_hand:.3f} by hand, {vote.score:.3f} recorded")
assert abs(by_hand - vote.score) < 1e-6

# %% [markdown]
# ## What silence does
#
# Take the heaviest voter away and the quorum of this profile fails: the vote holds, however sure
# the others are. It fails closed.

# %%
silent = replace(ballots[0].answer, result=Abstention(AbstentionKind.TIMEOUT, "no answer"))
fewer = tally(
    (replace(ballots[0], answer=silent), *ballots[1:]),
    threshold=profile.threshold,
    quorum=profile.quorum,
)
print(f"without {ballots[0].voter.name}: {fewer.action}, answered {fewer.participation:.0%}")
assert fewer.degraded

# %%
installation.close()
