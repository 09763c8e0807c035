"""What a round left behind, compared with what was meant."""

from __future__ import annotations

import json

from proratio_signals.opinions import AbstentionKind
from proratio_signals.profile import Profile
from tests.faults.audit import Ballot
from tests.faults.director import Director
from tests.faults.report import Breach, Report
from tests.faults.rounds import Round, Scene, Voice
from tests.faults.stage import Stage
from tests.faults.trader import STAKE_FRAC, WALLET_USDT
from tests.wire.seeded_faults import FAMILIES

_SIZE_TOLERANCE_FRAC = 0.02
"""Fees and steps of the exchange; a single voter more or less changes a stake by far more."""
_CODES = {"BUY": 1, "SELL": -1, "HOLD": 0}


def judge_entries(stage: Stage, plan: Round, report: Report) -> None:
    """Compare what was entered with what was meant."""
    entries, meant = stage.trader.entries(), plan.scores
    confirmed = {pair for pair in plan.pairs if stage.trader.confirms(pair)}
    unintended = sorted((entries.keys() | confirmed) - meant.keys())
    details = [f"{pair}: {_told(plan, pair)}" for pair in unintended]
    report.breach(plan.number, Breach.ENTRY, details)
    for pair in entries.keys() & meant.keys():
        expected_usdt = WALLET_USDT * STAKE_FRAC * meant[pair]
        if abs(entries[pair] / expected_usdt - 1) > _SIZE_TOLERANCE_FRAC:
            detail = f"{pair}: {entries[pair]:.2f} USDT, the vote says {expected_usdt:.2f}"
            report.breach(plan.number, Breach.SIZE, [detail])
    if plan.must_enter:
        report.breach(plan.number, Breach.CONTROL, sorted(meant.keys() - entries.keys()))
        report.due += len(meant)
        report.entered += len(entries.keys() & meant.keys())


def _told(plan: Round, pair: str) -> str:
    voices = next(case.voices for case in plan.cases if str(case.pair) == pair)
    return ", ".join(
        f"{name} {voice.fault or f'{voice.action} {voice.confidence}'}"
        for name, voice in voices.items()
    )


def judge_ballots(stage: Stage, plan: Round, profile: Profile, report: Report) -> None:
    """Compare what the ledger holds with what was answered, voter by voter."""
    ballots = stage.auditor.ballots(profile.hash)
    for case in plan.cases:
        for provider, voice in case.voices.items():
            ballot = ballots.get((str(case.pair), provider))
            problem = None if ballot is None else _problem(plan, voice, ballot)
            if problem is not None:
                detail = f"{case.pair} {provider} ({voice.fault or voice.manner}): {problem}"
                report.breach(plan.number, Breach.BALLOT, [detail])


def _problem(plan: Round, voice: Voice, ballot: Ballot) -> str | None:
    if voice.fault is None:
        said = (_CODES[voice.action], voice.confidence)
        if ballot.abstention is None and (ballot.action, ballot.confidence) != said:
            return f"answered {said}, recorded {ballot.action, ballot.confidence}"
        if ballot.abstention is not None and plan.must_enter:
            return f"answered soundly, recorded as {ballot.abstention}"
        return None
    if ballot.abstention is None:
        return f"recorded as the opinion {ballot.action, ballot.confidence}"
    kinds = {*FAMILIES[voice.fault].kinds}
    kinds |= {AbstentionKind.SUSPENDED} if plan.scene is Scene.OUTAGE else set()
    kinds |= {AbstentionKind.FAILED, AbstentionKind.TIMEOUT} if plan.database else set()
    return None if ballot.abstention in kinds else f"recorded as {ballot.abstention}"


def judge_money(
    stage: Stage, plan: Round, profile: Profile, director: Director, report: Report
) -> None:
    cap_usd = stage.settings.daily_budget_usd if plan.daily_usd is None else plan.daily_usd
    asked = [(call.provider, json.dumps(call.body)) for call in stage.fake.calls]
    found = stage.auditor.overspent(profile.hash, cap_usd=cap_usd)
    found += stage.auditor.unpaid(profile.hash, asked) + director.asked_again
    report.breach(plan.number, Breach.BUDGET, found)


def judge_remains(stage: Stage, plan: Round, profile: Profile, report: Report) -> None:
    """Look for impossible numbers and secrets in everything the round wrote."""
    report.breach(plan.number, Breach.NON_FINITE, stage.auditor.non_finite())
    stage.saboteur.mend_redis(empty=False)
    values = b"\n".join(stage.redis.values().values())
    found = stage.watch.found_in_logs()
    said = stage.auditor.said(profile.hash)
    found += [f"{name} in the ledger" for name in stage.watch.found_in(said)]
    found += [f"{name} in Redis" for name in stage.watch.found_in(values.decode("latin-1"))]
    found += [f"{name} in trades" for name in stage.watch.found_in(stage.trader.stored())]
    report.breach(plan.number, Breach.SECRET, found)
