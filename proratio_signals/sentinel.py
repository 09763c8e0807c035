"""Asks the frozen probes, at most once a day, under the budget, and says what has changed.

The questions of the day have an occasion of their own, so a run that was stopped is finished
without paying twice; a lock keeps two processes from asking on the same day.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_core.settings import Settings
from proratio_signals.consult import Advisor, open_advisor
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind
from proratio_signals.probes import probe_snapshots
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.scoring.drift import alert_of
from proratio_signals.scoring.probe_record import due_probes, read_drift
from proratio_signals.snapshot import Snapshot

__all__ = ["ProbeReport", "ask_probes", "watch"]

_LOCK_SPACE: Final = 5_004
"""First half of the advisory lock of whoever asks; the second is a checksum of the profile."""

_LOOK_S: Final = 900.0
"""How often the service looks whether the day's probes are due."""

_SETTLED_S: Final = 60.0

_POINTLESS: Final = frozenset({AbstentionKind.AUTHENTICATION, AbstentionKind.BUDGET})

_log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What asking the probes did.

    Parameters
    ----------
    asked, asked_before
        Probes asked now, and those the day already had.
    cost_usd
        What they cost.
    stopped
        Why it ended early; empty when it did not.
    """

    asked: int
    asked_before: int
    cost_usd: float
    stopped: str = ""


async def ask_probes(
    settings: Settings,
    database: Database,
    profile: Profile,
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> ProbeReport:
    """Ask every probe that is due today, one after the other, and keep the answers.

    Parameters
    ----------
    settings, database, profile, clock
        The installation, and who is asked.
    progress
        Called with the number of probes asked so far and the number to ask.

    Raises
    ------
    ConfigurationError
        A voter's provider is unknown or not configured.
    TransientError
        The database is away.
    """
    probes = probe_snapshots()
    with ExitStack() as stack:
        is_alone = await asyncio.to_thread(stack.enter_context, _alone(database, profile))
        due = await asyncio.to_thread(due_probes, database, profile, probes, on=clock.now().date())
        if not due or not is_alone:
            reason = "another process asks them now" if due else ""
            return ProbeReport(0, len(probes) - len(due), cost_usd=0.0, stopped=reason)
        async with open_advisor(
            settings,
            database,
            profile,
            clock=clock,
            occasion=f"probe {clock.now():%Y-%m-%d}",
        ) as advisor:
            return await _ask(advisor, Ledger(database), due, progress or _silently)


async def watch(
    settings: Settings,
    database: Database,
    profile: Profile,
    *,
    clock: Clock,
    stop: asyncio.Event,
    after_s: float = _SETTLED_S,
) -> None:
    """Ask the probes once a day until `stop` is set; what goes wrong is logged and tried again.

    Parameters
    ----------
    settings, database, profile, clock
        As for `ask_probes`.
    stop
        Ends it.
    after_s
        How long it leaves the service alone at first: who has just started has questions waiting.
    """
    while not await _is_set_within(stop, after_s):
        after_s = _LOOK_S
        try:
            report = await ask_probes(settings, database, profile, clock=clock)
            if report.asked:
                await _tell(database, profile, clock, report)
            elif report.stopped:
                _log.warning("probes_not_asked", profile=profile.name, reason=report.stopped)
        except ProratioError as error:
            _log.warning("probes_not_asked", profile=profile.name, reason=str(error))
        except Exception:  # noqa: BLE001  # the border of a task beside the live questions
            _log.exception("probes_failed", profile=profile.name)


async def _is_set_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _tell(database: Database, profile: Profile, clock: Clock, report: ProbeReport) -> None:
    _log.info("probes_asked", profile=profile.name, asked=report.asked, cost_usd=report.cost_usd)
    for drift in await asyncio.to_thread(read_drift, database, profile, until=clock.now()):
        warning = alert_of(drift)
        if warning is not None:
            _log.warning("voter_drift", profile=profile.name, detail=warning)


async def _ask(
    advisor: Advisor, ledger: Ledger, due: tuple[Snapshot, ...], progress: Progress
) -> ProbeReport:
    before = len(probe_snapshots()) - len(due)
    cost_usd = 0.0
    for done, snapshot in enumerate(due):
        question = Question(snapshot.key, snapshot.as_of)
        decision = await advisor.consider(question, snapshot, origin=Origin.LIVE)
        trouble = _trouble_of(decision)
        if trouble is not None:
            return ProbeReport(done, before, cost_usd, trouble)
        await asyncio.to_thread(ledger.record, (decision,), advisor.profile)
        cost_usd += sum(ballot.answer.cost_usd or 0.0 for ballot in decision.consensus.ballots)
        progress(done + 1, len(due))
    return ProbeReport(len(due), before, cost_usd)


def _trouble_of(decision: Decision) -> str | None:
    """Return why asking further is pointless today; such an answer is not kept."""
    for ballot in decision.consensus.ballots:
        result = ballot.answer.result
        if isinstance(result, Abstention) and result.kind in _POINTLESS:
            return f"{ballot.voter.name}: {result.detail}"
    return None if decision.consensus.participation else "no voter answered"


@contextmanager
def _alone(database: Database, profile: Profile) -> Iterator[bool]:
    """Yield whether no other process asks this profile's probes; the lock ends with the block."""
    with database.dedicated() as connection, connection.cursor() as cursor:
        key = zlib.crc32(profile.hash.encode()) - 2**31
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (_LOCK_SPACE, key))
        yield bool((cursor.fetchone() or (False,))[0])


def _silently(_done: int, _total: int) -> None:
    """Tell nobody."""
