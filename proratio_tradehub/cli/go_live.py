"""`proratio go-live`: what stands between paper and real money, and the stages of capital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.going_live import Checklist, Standing
    from proratio_tradehub.stages import Plan

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="From paper to real money: a checklist computed from what is on record, and stages that "
    "limit the money a bot may use.\n\n"
    "A bot with `dry_run: false` makes no entry before its account has a stage, and none above it.",
)

_Account = Annotated[
    str | None,
    typer.Option(help='Whose, "BOT MODE SOURCE MARKET". Default: the only one there is.'),
]
_MODES: Final = ("dry_run", "live")
_Reason = Annotated[str, typer.Option(help="Why; it is put on record.")]


@app.command()
def show(
    account: _Account = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Show the stage of an account and every line of the checklist for the next one.

    Each line has what was found, what is needed and where the figure comes from. What is not on
    record is not passed.

    Example: [bold]proratio go-live show[/]
    """
    from proratio_tradehub.cli.session import open_session, print_json

    with open_session() as session:
        _, standing, checklist = _looked_at(session, account)
        if json:
            print_json(_document(standing, checklist))
            return
        _print(session, standing, checklist)


@app.command()
def advance(
    reason: _Reason,
    account: _Account = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The token that the first step showed.")
    ] = None,
) -> None:
    """Let an account trade with the money of its next stage, in two steps.

    The first shows the checklist and, when every line is passed, a token that is valid for a
    minute. With the token the list is computed again and the step put on record; a running bot then
    makes no entry until it is started again.

    Example: [bold]proratio go-live advance --reason "four weeks on paper"[/]
    """
    from proratio_core.errors import RiskError
    from proratio_tradehub import going_live
    from proratio_tradehub.cli.brakes import stated, who
    from proratio_tradehub.cli.session import open_session
    from proratio_tradehub.halts import WarrantFile
    from proratio_tradehub.stages import StageLedger

    words = stated(reason)
    with open_session() as session:
        path = session.settings.state_dir / "go-live.json"
        warrant = WarrantFile(path, clock=session.clock, command="proratio go-live advance")
        if confirm is not None:
            warrant.redeem(confirm)
        plan, standing, checklist = _looked_at(session, account)
        _print(session, standing, checklist)
        if standing.next is None or not checklist.passed:
            names = ", ".join(line.name for line in checklist.open_lines)
            raise RiskError(f"{standing.account} stays in stage {standing.number}; open: {names}")
        if confirm is None:
            token = warrant.issue().token
            _say(session, f"within a minute, to do it, the same with --confirm {token}")
            return
        step = going_live.advance(
            StageLedger(session.database),
            plan,
            standing,
            checklist,
            reason=words,
            by=who(),
            clock=session.clock,
        )
        _say(session, f"stage {step.stage}: {standing.next}; start the bot again")


@app.command()
def retreat(reason: _Reason, account: _Account = None) -> None:
    """Take an account back to paper at once; a running bot makes no entry from then on.

    Stops and exits go on. The way back begins with the checklist of paper.

    Example: [bold]proratio go-live retreat --reason "new strategy"[/]
    """
    from proratio_tradehub import going_live
    from proratio_tradehub.cli.brakes import stated, who
    from proratio_tradehub.cli.session import open_session
    from proratio_tradehub.stages import StageLedger, load_plan

    with open_session() as session:
        step = going_live.retreat(
            StageLedger(session.database),
            load_plan(session.settings.user_data),
            _named(session, account),
            reason=stated(reason),
            by=who(),
            clock=session.clock,
        )
        _say(session, f"{step.account}: no real money from now on")


@app.command()
def history(account: _Account = None) -> None:
    """Show who took which account to which stage, when and why.

    Example: [bold]proratio go-live history[/]
    """
    from proratio_tradehub.account_name import AccountName
    from proratio_tradehub.cli.session import open_session
    from proratio_tradehub.stages import StageLedger

    with open_session() as session:
        name = None if account is None else str(AccountName.parse(account).in_earnest)
        steps = StageLedger(session.database).read(name)
        for step in steps:
            _say(session, str(step))
        if not steps:
            _say(session, "no account was ever allowed real money")


def _looked_at(session: Session, account: str | None) -> tuple[Plan, Standing, Checklist]:
    from rich.console import Console

    from proratio_tradehub import going_live
    from proratio_tradehub.installation import examine
    from proratio_tradehub.stages import StageLedger, load_plan

    plan = load_plan(session.settings.user_data)
    ledger = StageLedger(session.database)
    named = _named(session, account)
    _check_real(named)
    standing = going_live.standing_of(ledger, plan, named)
    with Console(stderr=True).status("looking at the installation"):
        findings = list(examine(session.settings, session.clock))
    evidence = going_live.read_evidence(
        session.database,
        session.settings,
        standing.evidence_account,
        since=None if standing.step is None else standing.step.at,
        findings=findings,
        clock=session.clock,
    )
    return plan, standing, going_live.checklist_of(evidence, plan.needed, standing.stage)


def _check_real(account: str) -> None:
    """Raise unless the account is one whose record can speak for real money.

    Raises
    ------
    ConfigurationError
        It is no account's name, or one on a replayed or simulated market or a testnet.
    """
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.account_name import AccountName
    from proratio_tradehub.marks import Mark

    name = AccountName.parse(account)
    if not (name.bot and name.source and name.mode in _MODES and name.market):
        raise ConfigurationError(
            f"the account {account!r} is not understood; write BOT MODE SOURCE MARKET, such as "
            "'proratio dry_run binance spot'"
        )
    if Mark.of_account(account) is Mark.SIMULATED:
        raise ConfigurationError(
            f"{account} is SIMULATED: what it made on {name.source} says nothing about a real "
            "market, and there it needs no stage; name an account on an exchange"
        )


def _named(session: Session, account: str | None) -> str:
    """Return the account that is meant.

    Raises
    ------
    ConfigurationError
        None is named, and there is none or more than one.
    """
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.account_name import AccountName
    from proratio_tradehub.journal import accounts
    from proratio_tradehub.marks import Mark

    if account is not None:
        return account
    real = [one for one in accounts(session.database) if Mark.of_account(one) is not Mark.SIMULATED]
    bots = sorted({str(AccountName.parse(one).in_earnest) for one in real})
    if len(bots) == 1:
        return bots[0]
    known = f"known are {', '.join(bots)}" if bots else "no bot has traded on a real market yet"
    raise ConfigurationError(f"name one with --account; {known}")


def _document(standing: Standing, checklist: Checklist) -> dict[str, Any]:
    return {
        "account": standing.account,
        "stage": standing.number,
        "allows": str(standing.stage),
        "next": None if standing.next is None else str(standing.next),
        "evidence": checklist.account,
        "passed": checklist.passed,
        "lines": list(checklist.documents),
    }


def _print(session: Session, standing: Standing, checklist: Checklist) -> None:
    from rich import box
    from rich.table import Table

    _say(session, f"{standing.account}: stage {standing.number}, {standing.stage}")
    if standing.next is None:
        _say(session, "there is no stage after it")
        return
    _say(session, f"next: {standing.next}; the record of {checklist.account} has to show:")
    table = Table(box=box.SIMPLE_HEAD, highlight=False)
    for column in ("", "Line", "Found", "Needed", "From"):
        table.add_column(column, overflow="fold")
    for line in checklist.lines:
        state = "[green]passed[/]" if line.passed else "[bold red]open[/]"
        cells = (line.name, line.figure, line.needed, line.source)
        table.add_row(state, *map(_shown, cells))
    session.console.print(table)
    done = len(checklist.lines) - len(checklist.open_lines)
    _say(session, f"{done} of {len(checklist.lines)} lines are passed")


def _shown(text: str) -> str:
    from rich.markup import escape

    from proratio_signals.shown_text import shown

    return escape(" ".join(shown(text).split()))


def _say(session: Session, line: str) -> None:
    session.console.print(line, markup=False, highlight=False, soft_wrap=True)
