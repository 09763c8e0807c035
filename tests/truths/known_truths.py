"""What the statistics say where the truth is known: `python -m tests.truths.known_truths`.

Seeded, so the same table each time; it is written into docs/statistics.md. Takes some minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import stats

from proratio_quantlab.inference import StoppingRule
from tests.architecture.source_tree import ROOT
from tests.truths import markets
from tests.truths.campaigns import (
    Picked,
    Share,
    coverage,
    looking_every_day,
    noises,
    overfitting,
    peeking_with_an_ordinary_test,
    picked_strategies,
    single_strategies,
    superiority_p_values,
    uniformity,
)

DOCUMENT = ROOT / "docs" / "statistics.md"
YEAR, THREE_YEARS = 365, 1095
RESAMPLES = 500
RULE = StoppingRule(most_days=730)

Row = tuple[str, ...]


def errors() -> Iterator[Row]:
    """Yield what is said of strategies that toss coins on a random walk."""
    yield (
        "1,000 random strategies, each the only try: PSR above 0.95",
        "5%",
        str(single_strategies(1, strategies=1_000, days=YEAR)),
    )
    found = picked_strategies(2, experiments=1_000, strategies=1_000, days=YEAR)
    yield from _picked("best of 1,000, long or short", found)
    found = picked_strategies(3, experiments=1_000, strategies=100, days=YEAR)
    yield from _picked("best of 100, long or short", found)
    found = picked_strategies(4, experiments=1_000, strategies=100, days=YEAR, short=False)
    yield from _picked("best of 100, long or flat: they resemble each other", found)


def _picked(what: str, found: Picked) -> Iterator[Row]:
    yield f"{what}: PSR above 0.95", "5%", str(found.alone)
    yield f"{what}: deflated Sharpe above 0.95", "5%", str(found.deflated)
    yield f"{what}: p-value of the best of many below 0.05", "5%", str(found.best_of_many)


def selection() -> Iterator[Row]:
    """Yield what cross-validation and the bootstrap tests say of nothing."""
    for strategies in (10, 50):
        shares = overfitting(5, experiments=1_000, strategies=strategies, days=YEAR)
        error = stats.sem(shares)
        yield (
            f"PBO of {strategies} random strategies, mean of 1,000 markets",
            "0.5",
            f"{shares.mean():.3f} ± {1.96 * error:.3f}; one market: deviation {shares.std():.2f}",
        )
    p_values = superiority_p_values(
        6, experiments=1_000, strategies=20, days=YEAR, resamples=RESAMPLES
    )
    names = ("SPA, lower", "SPA, consistent", "SPA, upper", "reality check")
    for name, column in zip(names, p_values.T, strict=True):
        hits = Share(int((column < 0.05).sum()), len(column))
        fit = uniformity(column, RESAMPLES)
        yield (
            f"{name}: 20 random strategies, 1,000 markets",
            "uniform; 5% below 0.05",
            f"KS p = {fit:.2f}; {hits}",
        )


def intervals() -> Iterator[Row]:
    """Yield how often a 95% interval of a Sharpe ratio holds the true one."""
    for name, noise in noises():
        for days in (90, YEAR):
            share = coverage(7, noise, experiments=1_000, days=days, yearly=1.0)
            yield f"95% interval of a Sharpe ratio, {days} days, {name}", "95%", str(share)


def peeking() -> Iterator[Row]:
    """Yield how often two equal strategies are told apart by looking every day for two years."""
    found = peeking_with_an_ordinary_test(8, experiments=1_000, rule=RULE)
    yield "an ordinary t test, looked at every day for two years", "5%", str(found)
    for name, noise in noises():
        share, _ = looking_every_day(8, noise, experiments=2_000, rule=RULE)
        yield f"the sequential test, likewise, {name}", "at most 5%", str(share)


def power() -> Iterator[Row]:
    """Yield how often real skill among 100 strategies is found and believed."""
    for yearly in (0.5, 1.0, 1.5, 2.0, 3.0):
        row = [f"{yearly:.1f}"]
        for days in (YEAR, THREE_YEARS):
            found = picked_strategies(9, experiments=500, strategies=100, days=days, skill=yearly)
            row += [f"{found.deflated.value:.0%}", f"{found.best_of_many.value:.0%}"]
        share, _ = looking_every_day(
            10, markets.normal, experiments=500, rule=RULE, effect=yearly / YEAR**0.5
        )
        yield (*row, f"{share.value:.0%}")


def table(head: Row, rows: list[Row]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(document: Path, name: str, text: str) -> None:
    """Put `text` between the two comments of this name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before = document.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    after, count = pattern.subn(lambda _: f"{begin}\n{text}\n{end}", before)
    if count != 1:
        raise RuntimeError(f"{document} needs the comments {begin} and {end} once each")
    document.write_text(after)


def main() -> None:
    """Run every campaign and write the tables down."""
    np.seterr(all="raise")
    head = ("where the truth is known", "should be", "found (95% interval)")
    found = [row for part in (errors, selection, intervals, peeking) for row in part()]
    write(DOCUMENT, "known truths", table(head, found))
    head = (
        "true Sharpe a year",
        "1 year: deflated", "1 year: best of many",
        "3 years: deflated", "3 years: best of many",
        "against an equal twin, 2 years, looked at daily",
    )  # fmt: skip
    write(DOCUMENT, "power", table(head, list(power())))


if __name__ == "__main__":
    main()
