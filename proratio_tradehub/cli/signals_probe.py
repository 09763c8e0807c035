"""`proratio signals probe`: is it still the same model behind the same name?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signal_options import AsJson, DryRun, ProfileName, profile_named

if TYPE_CHECKING:
    from proratio_signals.estimate import Estimate
    from proratio_signals.profile import Profile
    from proratio_signals.sentinel import ProbeReport
    from proratio_tradehub.cli.session import Session

__all__ = ["daily_estimate", "probe"]


def probe(*, profile: ProfileName = None, dry_run: DryRun = False, json: AsJson = False) -> None:
    """Ask eight frozen questions about a market that never was, and compare with the days before.

    They are asked at most once a day, under the budget; `proratio signals serve` does it by itself.
    A changed answer means a changed model: the last seven days are tested against the sixty before.

    Example: [bold]proratio signals probe --profile consensus[/]
    """
    with open_session() as session:
        chosen = profile_named(session, profile)
        if dry_run:
            _print_estimate(session, chosen, json=json)
            return
        _print_report(session, chosen, asyncio.run(_ask(session, chosen)), json=json)


def daily_estimate(session: Session, profile: Profile) -> Estimate:
    """Return what a day's probes use and cost.

    Raises
    ------
    ConfigurationError
        A model or its price is not known.
    """
    from proratio_signals.estimate import estimate
    from proratio_signals.habits import read_habits
    from proratio_signals.probes import probe_snapshots
    from proratio_signals.providers.pricing import model_of
    from proratio_signals.wording import prompts_for

    return estimate(
        (prompts_for(profile, snapshot) for snapshot in probe_snapshots()),
        profile,
        models={voter.name: model_of(voter, session.settings) for voter in profile.voters},
        habits=read_habits(session.database),
        on=session.clock.now().date(),
    )


async def _ask(session: Session, profile: Profile) -> ProbeReport:
    from proratio_signals.sentinel import ask_probes

    with progress_bar() as bar:
        task = bar.add_task(f"probing {profile.name}", total=None)
        return await ask_probes(
            session.settings,
            session.database,
            profile,
            clock=session.clock,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _print_estimate(session: Session, profile: Profile, *, json: bool) -> None:
    from proratio_tradehub.cli.estimate_view import estimate_document, estimate_table

    costs = daily_estimate(session, profile)
    if json:
        print_json({"profile": profile.name, "estimate": estimate_document(costs)})
        return
    session.console.print(estimate_table(costs))


def _print_report(session: Session, profile: Profile, report: ProbeReport, *, json: bool) -> None:
    from dataclasses import asdict

    from rich.markup import escape

    from proratio_signals.scoring.drift import alert_of
    from proratio_signals.scoring.probe_record import read_drift
    from proratio_tradehub.cli.signals_score import sheet_table
    from proratio_tradehub.cli.vote_view import profile_label
    from proratio_tradehub.track_record.sheets import drift_sheet

    found = read_drift(session.database, profile, until=session.clock.now())
    alerts = [alert for drift in found if (alert := alert_of(drift)) is not None]
    if json:
        drifts = [asdict(drift) | {"verdict": drift.verdict.value} for drift in found]
        print_json({"profile": profile.name, **asdict(report), "drift": drifts, "alerts": alerts})
        return
    line = (
        f"profile {profile_label(profile)}, asked {report.asked}, asked before today "
        f"{report.asked_before}, cost_usd {report.cost_usd:.6f}"
    )
    session.console.print(escape(line), highlight=False)
    if report.stopped:
        session.console.print(f"[yellow]stopped: {escape(report.stopped)}[/]", highlight=False)
    if found:
        session.console.print(sheet_table(drift_sheet(found)))
    for alert in alerts:
        session.console.print(f"[yellow]•[/] {escape(alert)}", highlight=False)
