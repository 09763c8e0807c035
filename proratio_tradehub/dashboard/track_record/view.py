"""Draws a track record as markup: the verdict first, then every table. It reads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from proratio_signals.scoring import Scorecard, Verdict
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    Tone,
    card,
    formats,
    note,
    table,
    tag,
    tile,
    tiles,
    tone_of,
)
from proratio_tradehub.track_record import Sheet, caveats_of
from proratio_tradehub.trade_costs import TradeCost

__all__ = ["bill_card", "caveats_card", "record_bar", "record_tiles", "sheet_card"]

_NEWEST: Final = 12
_WORDS: Final = frozenset({"Verdict", "Shows", "Model"})


def record_bar(scorecard: Scorecard) -> Html:
    """Return what the evidence comes to, in a sentence."""
    shown = [voter.seat.name for voter in scorecard.voters if voter.verdict is Verdict.BETTER]
    word = f"{', '.join(shown)}: better than placebo" if shown else "Nobody beats a placebo yet"
    tone = Tone.GOOD if shown else Tone.PLAIN
    clean = scorecard.cutoff.clean_from
    since = "" if clean is None or scorecard.is_rules else f", evidence from {clean:%Y-%m-%d} on"
    rules = "RULE-BASED panel, no language model: " if scorecard.is_rules else ""
    span = f"{formats.day(scorecard.first)} to {formats.day(scorecard.last)}"
    text = f"{rules}{formats.count(scorecard.questions)} questions, {span}{since}"
    return tag("div", tag("b", word, class_=f"p-{tone}"), tag("span", text), class_="p-answer")


def record_tiles(scorecard: Scorecard) -> Html:
    """Return how often each voter was right after the cutoff, and what its answers cost."""
    return tiles(*(_tile(scorecard, place) for place in range(len(scorecard.voters))))


def _tile(scorecard: Scorecard, place: int) -> Html:
    voter = scorecard.voters[place]
    figures = voter.after
    accuracy = None if figures is None else figures.accuracy
    if accuracy is None or accuracy.low is None or accuracy.high is None:
        return tile(voter.seat.name, formats.NOTHING, str(voter.verdict))
    interval = f"{formats.percent(accuracy.low, 1)} to {formats.percent(accuracy.high, 1)}"
    tone = Tone.GOOD if voter.verdict is Verdict.BETTER else Tone.PLAIN
    right = f"{formats.percent(accuracy.value, 1)} right"
    return tile(voter.seat.name, right, f"{interval}, n = {accuracy.n}: {voter.verdict}", tone)


def sheet_card(sheet: Sheet) -> Html:
    """Return a table of the record."""
    words = [place for place, name in enumerate(sheet.columns) if name in _WORDS]
    rows = [[Cell(cell) for cell in row] for row in sheet.rows]
    listed = table(sheet.columns, rows, caption=sheet.title, text_columns=(0, *words))
    return card(sheet.title, listed)


def caveats_card(scorecard: Scorecard) -> Html:
    """Return what a reader has to know before believing any figure."""
    lines = [tag("li", tag("span", "•"), tag("span", text)) for text in caveats_of(scorecard)]
    return card("Before you believe a figure", tag("ul", *lines, class_="p-points"))


def bill_card(trades: Sequence[TradeCost]) -> Html | None:
    """Return what the trades paid for the votes; None where no trade was entered on one."""
    if not trades:
        return None
    share_usd, stake = trades[0].share_usd, sum(trade.stake_quote for trade in trades)
    edge = formats.percent(share_usd * len(trades) / stake, 4)
    said = (
        f"{formats.count(len(trades))} trades share what every vote of this panel cost since the "
        f"first of them, also those that let nothing in: {formats.usd(share_usd)} each. A trade "
        f"has to gain {edge} of its stake to pay for that, fees aside; its quote currency is taken "
        "for a dollar."
    )
    newest = [_bill_row(trade) for trade in islice(reversed(trades), _NEWEST)]
    columns = ("Opened", "Pair", "Stake", "Profit", "Its own vote", "Its share")
    listed = table(columns, newest, caption="The newest trades", text_columns=(0, 1))
    return card("What a trade paid for its votes", note(said), listed)


def _bill_row(trade: TradeCost) -> tuple[str | Cell, ...]:
    return (
        formats.moment(trade.opened_at),
        trade.pair,
        formats.plain(trade.stake_quote),
        Cell("open", Tone.MUTED)
        if trade.profit_quote is None
        else Cell(formats.change(trade.profit_quote), tone_of(trade.profit_quote)),
        formats.usd(trade.vote_usd),
        formats.usd(trade.share_usd),
    )
