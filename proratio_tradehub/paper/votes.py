"""Whether the ledger has the votes a session in virtual time will ask for."""

from __future__ import annotations

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timerange
from proratio_signals.backfill import Prospect
from proratio_signals.backfill import plan as plan_backfill
from proratio_signals.ledger import Ledger
from proratio_signals.profile import Profile
from proratio_tradehub.paper.plan import ReplayPlan
from proratio_tradehub.strategies.questions import questions_for, read_funding, startup_span
from proratio_tradehub.strategies.rules import Rule

__all__ = ["check_votes"]


def check_votes(plan: ReplayPlan, database: Database, profile: Profile, rule: Rule) -> None:
    """Raise unless every candidate candle of the session was judged: nobody is asked now.

    Raises
    ------
    DataError
        How many votes are missing, and the command that asks for them.
    """
    store = CandleStore(database)
    span = Timerange(plan.start - plan.candle, plan.end)
    questions = [
        question
        for key in plan.series
        for question in questions_for(
            rule,
            key,
            store.read(
                key, Timerange(plan.start - plan.candle - startup_span(rule, key), plan.end)
            ),
            span,
            funding=read_funding(rule, key, store),
        )
    ]
    planned = plan_backfill(questions, Prospect(profile, store), Ledger(database))
    if planned.open:
        pairs = " ".join(str(pair) for pair in plan.pairs)
        raise DataError(
            f"profile {profile.name} has not voted on {len(planned.open)} of "
            f"{planned.questions} candidate candles of {plan.strategy} in this window, and models "
            "are not asked about virtual time. Ask first: `proratio signals backfill "
            f"{plan.strategy} --exchange {plan.exchange} --pairs {pairs} --timeframe "
            f"{plan.timeframe} --timerange {span} --profile {profile.name}`"
        )
