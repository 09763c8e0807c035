"""Thousands of seeded faults through the real parts, and a count of what must never happen.

One process holds the fake providers, a real Redis behind a proxy, a real PostgreSQL, the signal
service with the three SDKs, and Freqtrade's own bot. A round asks about every pair once: the bot
submits what it saw, the service asks the voters, the bot polls and enters, or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from random import Random

from proratio_signals.profile import Profile, load_profile
from tests.faults.answering import answering
from tests.faults.director import Director
from tests.faults.judging import judge_ballots, judge_entries, judge_money, judge_remains
from tests.faults.plan import plan_round
from tests.faults.report import Breach, Report
from tests.faults.rounds import DatabaseFault, Round
from tests.faults.stage import PAIRS, Stage, environment
from tests.tradehub.strategies.panels import write_profile

_LONGEST_ROUND_S = 60
_LOOPS = 6
"""How many loops of the bot a sound vote may take; a pause of Redis costs one or two."""


def run_campaign(
    stage: Stage,
    report: Report,
    numbers: Iterable[int],
    *,
    until: int | None = None,
    tell: Callable[[str], object] = str,
) -> None:
    """Run rounds of the campaign whose seed the report names.

    With `until`, stop after so many faults; `tell` hears how far it is.
    """
    for number in numbers:
        if until is not None and report.faults >= until:
            break
        plan = plan_round(report.seed, number, PAIRS)
        play_round(stage, plan, report)
        tell(f"round {number} ({plan.scene}): {report.faults} faults, {report.entered} entries")
    at_rest = stage.auditor.containing(stage.watch.words) + stage.watch.found_in_files()
    report.breach(-1, Breach.SECRET, at_rest)


def play_round(stage: Stage, plan: Round, report: Report) -> None:
    """Play one round, then look at everything it left behind."""
    _wait_out_midnight()
    profile = _write_profile(stage, plan)
    director = Director(plan)
    stage.fake.director = director
    stage.fake.calls.clear()
    before = stage.saboteur.injected.copy()
    try:
        with (
            environment(stage.settings),
            answering(stage.settings, profile, at_once=len(PAIRS)),
        ):
            _ask(stage, plan, profile)
            for place in range(len(plan.visits)):
                _visit(stage, plan, profile, report, place=place)
        judge_ballots(stage, plan, profile, report)
        judge_money(stage, plan, profile, director, report)
        judge_remains(stage, plan, profile, report)
    finally:
        stage.trader.end()
        stage.saboteur.mend_redis()
    report.rounds += 1
    report.questions += len(plan.cases)
    report.injected += director.injected + (stage.saboteur.injected - before)


def _visit(stage: Stage, plan: Round, profile: Profile, report: Report, *, place: int) -> None:
    """Let the bot look for the votes and enter, while things go wrong; judge what it entered."""
    if place > 0:  # it starts again, and submits the same candles: the same questions
        stage.trader.end()
        stage.saboteur.mend_redis()
        stage.trader.begin(profile.name, plan.pairs)
    fault = plan.visits[place]
    if fault is not None and not (place == 0 and plan.redis_asking):
        stage.saboteur.break_redis(fault)
    if plan.forges:
        stage.saboteur.forge(profile.hash, Random(f"{plan.seed}/{plan.number}/forge"))
    if plan.database is DatabaseFault.CUT_POLLING:
        stage.saboteur.cut_connections()
    elif plan.database is DatabaseFault.LOCKED:
        with stage.saboteur.locked_questions():
            stage.trader.loop()
            locked = [f"{pair}, database locked" for pair in stage.trader.entries()]
            report.breach(plan.number, Breach.ENTRY, locked)
    for _ in range(_LOOPS):
        stage.trader.loop()
        if stage.trader.entries().keys() >= plan.scores.keys():
            break
    stage.trader.loop()
    judge_entries(stage, plan, report)


def _ask(stage: Stage, plan: Round, profile: Profile) -> None:
    """Run loops until every question is in the queue, then wait until all are settled."""
    if plan.visits[0] is not None and plan.redis_asking:
        stage.saboteur.break_redis(plan.visits[0])
    stage.trader.begin(profile.name, plan.pairs)
    stage.trader.loop()
    if plan.database is DatabaseFault.CUT_ASKING:
        for _ in range(3):
            time.sleep(0.1)
            stage.saboteur.cut_connections()

    def asked() -> bool:
        if stage.auditor.questions(profile.hash).total() == len(plan.cases):
            return True
        stage.trader.loop()
        return False

    _eventually(asked, limit_s=60)
    _eventually(lambda: not _unsettled(stage, profile), limit_s=plan.deadline_s + 60)


def _unsettled(stage: Stage, profile: Profile) -> int:
    states = stage.auditor.questions(profile.hash)
    return states["open"] + states["claimed"]


def _write_profile(stage: Stage, plan: Round) -> Profile:
    """Write the profile of a round as a user would, and read it as the program does."""
    folder, name = stage.settings.user_data, f"{plan.profile}-{next(stage.plays)}"
    write_profile(folder, name, deadline_s=plan.deadline_s)
    file = folder / "profiles" / f"{name}.toml"
    text = file.read_text()
    if plan.relaxed:
        text = text.replace(
            "minimum_voters = 3, minimum_weight_frac = 1.0",
            "minimum_voters = 2, minimum_weight_frac = 0.6",
        )
    if plan.daily_usd is not None:
        text = f"daily_usd = {plan.daily_usd}\n{text}"
    file.write_text(text)
    return load_profile(name, folder / "profiles")


def _wait_out_midnight() -> None:
    """Wait, when the day's candle would close in the middle of a round."""
    left_s = 86_400 - time.time() % 86_400
    if left_s < _LONGEST_ROUND_S:
        time.sleep(left_s + 1)


def _eventually(what: Callable[[], bool], *, limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until, f"not within {limit_s:.0f} s"
        time.sleep(0.02)
