"""Draws the values of the page Risk as markup; it reads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from proratio_tradehub.dashboard.look import (
    Html,
    Tone,
    badge,
    card,
    formats,
    meter,
    note,
    tag,
    tile,
    tiles,
)
from proratio_tradehub.dashboard.risk.orders import Draft
from proratio_tradehub.dashboard.risk.queries import RefusedEntry
from proratio_tradehub.desk import Headroom, RiskReport
from proratio_tradehub.halts import HaltEvent, Mode, Standing

__all__ = [
    "confirmation",
    "limits_card",
    "orders_card",
    "refused_card",
    "risk_tiles",
    "rules_card",
    "standing_bar",
]

_WORDS = {
    Mode.TRADING: ("● Trading", Tone.GOOD),
    Mode.REDUCE_ONLY: ("▲ Reduce only", Tone.WARN),
    Mode.SAFE_MODE: ("▲ Safe mode", Tone.WARN),
    Mode.HALTED: ("■ Halted", Tone.BAD),
}


def standing_bar(standing: Standing) -> Html:
    """Return whether entries are allowed, and what holds them back."""
    word, tone = _WORDS[standing.mode]
    if standing.unknown and standing.mode is Mode.TRADING:
        word, tone = "■ Not known", Tone.BAD
    why = standing.why or "no order holds entries back"
    return tag(
        "div",
        tag("b", word, class_=f"p-{tone}"),
        tag("span", why),
        class_=f"p-answer p-answer-{tone}",
        role="status",
    )


def confirmation(draft: Draft) -> Html:
    """Return what an order will do, and for which bots."""
    effects = [tag("li", line) for line in draft.effects]
    bots = [tag("li", line) for line in draft.bots]
    nobody = "No bot has reported on this machine; the order holds for any that starts."
    return tag(
        "section",
        tag("h2", f"{draft.choice}: is this what you want?"),
        tag("p", "Reason: ", tag("b", draft.reason), class_="p-sentence"),
        tag("ul", *effects, class_="p-effects"),
        tag("h3", "For every bot of this installation"),
        tag("ul", *bots, class_="p-effects") if bots else note(nobody),
        class_="p-confirm",
        role="alertdialog",
        aria_label=f"Confirm: {draft.choice}",
    )


def risk_tiles(report: RiskReport | None, quote: str) -> Html | None:
    """Return what is at stake now; None where no bot has reported."""
    if report is None:
        return None
    return tiles(*_tiles(report, quote))


def _tiles(report: RiskReport, quote: str) -> Iterator[Html]:
    planned = sum(held.planned_loss_quote for held in report.positions)
    value = sum(held.value_quote for held in report.positions)
    lines = {line.limit: line for line in report.headroom}
    drawdown, heat = lines.get("drawdown"), lines.get("heat")
    equity = formats.money(report.equity_quote, quote)
    yield tile("Drawdown", *_used(drawdown, "trading halts at"))
    yield tile("Heat", *_used(heat, "allowed at the stops together:"))
    yield tile("At the stops", formats.money(-planned if planned else 0.0, quote), "if all are met")
    unstopped = sum(held.stop_price is None for held in report.positions)
    said = f"{unstopped} without a stop" if unstopped else f"of {equity} equity"
    tone = Tone.BAD if unstopped else Tone.PLAIN
    yield tile("Held", formats.money(value, quote), said, tone)


def _used(line: Headroom | None, words: str) -> tuple[str, str]:
    if line is None:
        return formats.NOTHING, "not reported"
    return formats.percent(line.used), f"{words} {formats.percent(line.allowed, 0)}"


def limits_card(report: RiskReport | None, now: datetime) -> Html:
    """Return a meter for each limit: used, allowed, left."""
    if report is None or not report.headroom:
        return card("Limits", note("No bot has reported how it stands with its limits."))
    aside = f"{report.profile}, {formats.age(report.updated_at, now)}"
    late = None if report.is_fresh(now) else note("The bot is silent; this is old.", Tone.WARN)
    meters = tag("div", *map(_limit, report.headroom), class_="p-meters")
    return card("Limits", late, meters, aside=aside)


def _limit(line: Headroom) -> Html:
    used = line.used / line.allowed if line.allowed > 0 else 1.0
    text = f"{_amount(line, line.used)} of {_amount(line, line.allowed)}, {_left(line)} left"
    return meter(line.limit.capitalize(), used, text)


def _amount(line: Headroom, value: float) -> str:
    return formats.percent(value) if line.unit == "frac" else f"{value:.0f}"


def _left(line: Headroom) -> str:
    return _amount(line, line.left)


def rules_card(counts: Sequence[tuple[str, int]], span: str) -> Html:
    """Return how many entries each rule refused, as bars."""
    if not counts:
        return card("Refused entries", note(f"None within {span}."))
    most = max(count for _, count in counts)
    bars = [
        tag(
            "li",
            tag("span", rule.replace("_", " ")),
            tag("span", tag("i", style=f"width:{count / most * 100:.1f}%"), class_="p-track"),
            tag("b", formats.count(count)),
        )
        for rule, count in counts
    ]
    total = formats.count(sum(count for _, count in counts))
    return card("Refused entries", tag("ul", *bars, class_="p-bars"), aside=f"{total}, {span}")


def refused_card(refused: Sequence[RefusedEntry], now: datetime) -> Html:
    """Return the newest refused entries with every reason."""
    if not refused:
        return card("Latest refusals", note("No entry was refused."))
    lines = [
        tag(
            "li",
            tag("span", formats.age(one.at, now), class_="p-label"),
            tag("div", tag("b", one.symbol), *(_reason(*reason) for reason in one.reasons)),
        )
        for one in refused
    ]
    return card("Latest refusals", tag("ul", *lines, class_="p-events"))


def _reason(rule: str, message: str) -> Html:
    return tag("p", badge(rule.replace("_", " ")) if rule else None, " ", message, class_="p-why")


def orders_card(orders: Sequence[HaltEvent], now: datetime) -> Html:
    """Return who ordered what, when and why, the newest first."""
    if not orders:
        return card("Orders", note("Nobody has ever halted or resumed."))
    lines = [
        tag(
            "li",
            tag("span", formats.age(one.at, now), class_="p-label"),
            tag("div", _order(one), " ", one.reason, tag("p", _who(one), class_="p-note")),
        )
        for one in orders
    ]
    return card("Orders", tag("ul", *lines, class_="p-events"))


def _who(one: HaltEvent) -> str:
    return f"{one.by}, {formats.moment(one.at)}"


def _order(one: HaltEvent) -> Html:
    tone = {Mode.TRADING: Tone.GOOD, Mode.HALTED: Tone.BAD}.get(one.action.mode, Tone.WARN)
    if one.action.value == "liquidate":
        tone = Tone.BAD
    return badge(one.action.value, tone)
