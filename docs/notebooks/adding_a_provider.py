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
# # Adding a provider
#
# A provider is an object with two methods: `ask` returns an answer or an abstention and never
# raises for what is to be expected, `close` gives back its connections. This page makes one that
# is **RULE-BASED** and deliberately dull, seats it beside two others, and breaks it, on a
# **SIMULATED** market.

# %%
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from proratio_core.candles import CandleStore, store_scenario
from proratio_core.logs import configure_logs
from proratio_core.settings import load_settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_core.waiting import wait_for
from proratio_signals import (
    Abstention,
    Action,
    Answer,
    Opinion,
    Profile,
    Usage,
    Voter,
    take_snapshot,
)
from proratio_signals.panel import Panel
from proratio_signals.providers import find_provider
from proratio_signals.vote import tally
from proratio_signals.wording import prompts_for
from proratio_tradehub.isolation import isolated

installation = ExitStack()
settings, database = installation.enter_context(isolated(load_settings(env_file=None)))
configure_logs(settings)
store = CandleStore(database)
span = Timerange.parse("20240101-20240201")
(key,) = store_scenario(store, [Pair.parse("BTC/USDT")], [Timeframe.H1], timerange=span)

# %% [markdown]
# ## The provider
#
# It follows the last day, always equally unsure. It says that it is free: a provider that says
# neither this nor what a call costs at most is refused, because no budget could hold it.


# %%
@dataclass(frozen=True)
class FollowsTheDay:
    voter: Voter
    is_free: ClassVar[bool] = True

    async def ask(self, prompt, *, deadline_s):
        change = prompt.snapshot.facts["return_24_frac"]
        opinion = Opinion(
            action=Action.BUY if change > 0 else Action.SELL,
            confidence=0.7,
            expected_return_frac=0.0,
            horizon_candles=24,
            reasoning=f"Rule, not a language model: 24 candles moved {change:+.2%}.",
            factors=(),
            risks=(),
        )
        return Answer(opinion, self.voter.model, Usage(0, 0), latency_s=0.0, cost_usd=0.0)

    async def close(self):
        pass


# %% [markdown]
# A package offers it to `user_data/profiles/NAME.toml` by one line of its `pyproject.toml`,
#
# ```toml
# [project.entry-points."proratio.providers"]
# follower = "my_package.follower:create"
# ```
#
# where `create(voter, settings)` returns the object. Here the panel is put together by hand.

# %%
rules = find_provider("rules")
profile = Profile(
    name="with-follower",
    voters=(
        Voter(name="follower", provider="follower", role="technical", weight=0.40, model="day-1"),
        Voter(name="risk", provider="rules", role="risk", weight=0.35, model="rules-risk-1"),
        Voter(
            name="mood", provider="rules", role="sentiment", weight=0.25, model="rules-sentiment-1"
        ),
    ),
    quorum={"minimum_voters": 2, "minimum_weight_frac": 0.6},
)
moment = datetime(2024, 1, 25, tzinfo=UTC)
snapshot = take_snapshot(store.read(key, Timerange(None, moment)), key, moment)


async def ask(create):
    providers = {
        voter.name: create(voter) if voter.provider == "follower" else rules(voter, settings)
        for voter in profile.voters
    }
    async with Panel(profile, providers) as panel:
        ballots = await panel.ask(prompts_for(profile, snapshot))
    return tally(ballots, threshold=profile.threshold, quorum=profile.quorum)


def show(consensus):
    for ballot in consensus.ballots:
        said = ballot.answer.result
        if isinstance(said, Abstention):
            print(f"{ballot.voter.name:<10}abstained: {said.detail}")
        else:
            print(f"{ballot.voter.name:<10}{said.action} {said.confidence:.2f}: {said.reasoning}")
    print(f"{consensus.action}, score {consensus.score:.3f}, degraded: {consensus.degraded}")


# %%
show(wait_for(ask(FollowsTheDay)))

# %% [markdown]
# ## When it breaks
#
# Whatever a provider raises becomes its abstention; the others are heard, and its 40% count against
# acting.


# %%
class Broken(FollowsTheDay):
    async def ask(self, prompt, *, deadline_s):
        raise RuntimeError("the format of the answer has changed")


broken = wait_for(ask(Broken))
show(broken)
assert broken.degraded

# %%
installation.close()
