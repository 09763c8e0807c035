"""`proratio risk`: what the limits allow, and the brakes a person can pull and release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.brakes import open_brakes, stated, who
from proratio_tradehub.cli.risk_liquidate import liquidate
from proratio_tradehub.cli.risk_stress import stress

if TYPE_CHECKING:
    from proratio_tradehub.cli.brakes import Brakes
    from proratio_tradehub.halts import Action, Recorded

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Limits and brakes: how the limits stand, halt, resume, close everything.\n\n"
    "A halt lies in a file and in PostgreSQL; either keeps entries out until a person lifts it. "
    "Stops and exits go on through all of it.",
)

app.command()(liquidate)
app.command()(stress)

_Reason = Annotated[str, typer.Option(help="Why; it is put on record.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


@app.command()
def status(json: _Json = False) -> None:
    """Show whether entries are held back, and how much of each limit a running bot has used.

    Example: [bold]proratio risk status[/]
    """
    from proratio_tradehub.cli.risk_view import print_status, status_document
    from proratio_tradehub.cli.session import print_json
    from proratio_tradehub.desk import read_reports

    with open_brakes() as brakes:
        missed = brakes.halts.settle()
        standing = brakes.halts.standing()
        reports = read_reports(brakes.settings)
        now = brakes.clock.now()
        if json:
            print_json(status_document(standing, reports, missed, now=now))
            return
        print_status(brakes.console, standing, reports, now=now)


@app.command()
def halt(reason: _Reason = "halted by hand") -> None:
    """Stop all entries, here and on every machine of the installation, until somebody resumes.

    Open entry orders are cancelled and positions are adjusted no more; stops and exits go on. A
    running bot follows within seconds.

    Example: [bold]proratio risk halt --reason "exchange maintenance"[/]
    """
    from proratio_tradehub.halts import Action

    _order(Action.HALT, reason, "halted")


@app.command(name="reduce-only")
def reduce_only(reason: _Reason = "reduce-only by hand") -> None:
    """Allow no entry and no addition; positions may still be reduced and closed.

    Example: [bold]proratio risk reduce-only --reason "on holiday"[/]
    """
    from proratio_tradehub.halts import Action

    _order(Action.REDUCE_ONLY, reason, "reduce-only")


@app.command()
def resume(reason: _Reason) -> None:
    """Lift every halt, reduce-only and safe mode; the reason is put on record.

    Losses before a halt that a limit ordered count no more: the drawdown is measured from the
    equity of now. A halt file that is not readable is set aside and begun anew.

    Example: [bold]proratio risk resume --reason "positions checked, wallet topped up"[/]
    """
    with open_brakes() as brakes:
        recorded = brakes.halts.resume(reason=stated(reason), by=who())
        lifted = len(recorded.event.lifts)
        _say(brakes, recorded, f"resumed: {lifted} restraint{'' if lifted == 1 else 's'} lifted")


@app.command()
def history(
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest last.")] = 20,
    json: _Json = False,
) -> None:
    """Show who ordered what, when and why.

    Example: [bold]proratio risk history --limit 5[/]
    """
    from proratio_tradehub.cli.risk_view import event_document
    from proratio_tradehub.cli.session import print_json

    with open_brakes() as brakes:
        events = brakes.halts.history()[-limit:]
        if json:
            print_json([event_document(event) for event in events])
            return
        for event in events:
            brakes.console.print(str(event), markup=False, soft_wrap=True)
        if not events:
            brakes.console.print("nothing was ever ordered")


@app.command()
def profiles(json: _Json = False) -> None:
    """List the risk profiles: the built-in ones and those in user_data/risk.

    Example: [bold]proratio risk profiles[/]
    """
    from proratio_core.settings import load_settings
    from proratio_tradehub.cli.risk_view import print_profiles
    from proratio_tradehub.cli.session import print_json
    from proratio_tradehub.risk import load_risk_profile, risk_profile_names

    settings = load_settings()
    folder = settings.user_data / "risk"
    known = [load_risk_profile(name, folder) for name in risk_profile_names(folder)]
    if json:
        print_json([profile.model_dump(mode="json") | {"hash": profile.hash} for profile in known])
        return
    print_profiles(known, chosen=settings.risk_profile)


@app.command()
def show(
    name: Annotated[
        str | None, typer.Argument(help="A risk profile; default: PRORATIO_RISK_PROFILE.")
    ] = None,
    *,
    json: _Json = False,
) -> None:
    """Show every limit of a risk profile.

    Example: [bold]proratio risk show conservative-spot[/]
    """
    from proratio_core.settings import load_settings
    from proratio_tradehub.cli.risk_view import print_profile
    from proratio_tradehub.cli.session import print_json
    from proratio_tradehub.risk import load_risk_profile

    settings = load_settings()
    profile = load_risk_profile(name or settings.risk_profile, settings.user_data / "risk")
    if json:
        print_json(profile.model_dump(mode="json") | {"hash": profile.hash})
        return
    print_profile(profile)


def _order(action: Action, reason: str, said: str) -> None:
    with open_brakes() as brakes:
        recorded = brakes.halts.order(action, reason=stated(reason), by=who())
        _say(brakes, recorded, said)


def _say(brakes: Brakes, recorded: Recorded, said: str) -> None:
    """Print what became of an order, and what it could not reach."""
    brakes.console.print(f"{said}: {recorded.event.reason}", markup=False, soft_wrap=True)
    for line in recorded.missed:
        brakes.console.print(f"not yet everywhere: {line}", markup=False, soft_wrap=True)
