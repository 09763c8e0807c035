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
# # Is it luck?
#
# Try enough worthless strategies and one of them looks good. Here that is done on purpose: a
# hundred **SIMULATED** return series without any skill, then one with skill of a known size among
# them, so that the statistics can be asked about something whose answer is known.

# %%
import numpy as np

from proratio_quantlab.inference import (
    SharpeEstimate,
    judge_selection,
    minimum_track_record,
    sharpe_interval,
)

DAYS, TRIED = 500, 100
worthless = np.random.default_rng(6).normal(0.0, 0.01, size=(DAYS, TRIED))
names = [f"variant {number}" for number in range(TRIED)]

# %% [markdown]
# ## The best of nothing
#
# Its Sharpe ratio, with the interval it would deserve had it been the only one tried:

# %%
means, deviations = worthless.mean(axis=0), worthless.std(axis=0, ddof=1)
best = int((means / deviations).argmax())
alone = sharpe_interval(worthless[:, best])
print(f"{names[best]}: Sharpe {alone.value:.2f}, interval {alone.low:.2f} to {alone.high:.2f}")

# %% [markdown]
# It was not the only one tried. Judged together with the others:

# %%
selection = judge_selection(names, worthless)
print(f"expected of the best of {TRIED} worthless ones: {selection.expected_by_luck:.2f}")
print(f"deflated Sharpe ratio: {selection.deflated:.1%} that there is more than luck")
print(f"SPA, p of the best: {selection.superiority.spa:.2f}")
print(f"good alone at 5%: {selection.alone}; after correcting for {TRIED} tries: "
      f"{selection.discovered}")  # fmt: skip
print(selection.verdict)

# %% [markdown]
# ## The same with skill
#
# One of the hundred now earns 0.25% a day on top: a true yearly ratio of 4.8, more than any real
# strategy has for long. The statistics see that one; smaller skill they would miss, and *not shown*
# is not the same as *not there*.

# %%
skilled = worthless.copy()
skilled[:, 42] += 0.0025
found = judge_selection(names, skilled)
print(f"{found.best}: Sharpe {found.sharpe:.2f}, deflated {found.deflated:.1%}, "
      f"SPA p = {found.superiority.spa:.3f}")  # fmt: skip
print(found.verdict)
assert found.best == "variant 42"

# %% [markdown]
# ## How long is long enough?
#
# Days after which a true yearly ratio of this size is told from zero with 95%, if nothing else
# was tried:

# %%
for yearly in (0.5, 1.0, 2.0, 3.0):
    estimate = SharpeEstimate(yearly / np.sqrt(365), DAYS, skew=0.0, kurtosis=3.0)
    print(f"Sharpe {yearly:.1f}: {minimum_track_record(estimate):,.0f} days")
