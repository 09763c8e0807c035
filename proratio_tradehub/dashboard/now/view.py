"""Draws the values of the page Now as markup; it reads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from proratio_core.streaming.health import StreamHealth
from proratio_signals.health import Condition, Health
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.equity import EquityCurve
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    Tone,
    action_badge,
    badge,
    card,
    formats,
    joined,
    meter,
    note,
    table,
    tag,
    tile,
    tiles,
    tone_of,
)
from proratio_tradehub.dashboard.now.figures import (
    Answer,
    Holding,
    Incident,
    LastVote,
    Light,
    used_frac,
)
from proratio_tradehub.desk import Headroom, RiskReport

__all__ = [
    "answer_bar",
    "health_card",
    "holdings_card",
    "incidents_card",
    "light_of_report",
    "light_of_service",
    "light_of_stream",
    "money_tiles",
    "room_card",
    "votes_card",
]

_SHAPES = {Tone.GOOD: "●", Tone.WARN: "▲", Tone.BAD: "■"}
_LIGHTS = {
    Light.RUNNING: ("●", Tone.GOOD),
    Light.LIMITED: ("▲", Tone.WARN),
    Light.SILENT: ("■", Tone.BAD),
    Light.ABSENT: ("○", Tone.MUTED),
}


def answer_bar(answer: Answer) -> Html:
    """Return whether it is well, in a word and a sentence."""
    return tag(
        "div",
        tag("b", f"{_SHAPES[answer.tone]} {answer.word}", class_=f"p-{answer.tone}"),
        tag("span", answer.why),
        class_=f"p-answer p-answer-{answer.tone}",
        role="status",
    )


def money_tiles(
    curve: EquityCurve, quote: str, *, fall: Headroom, holdings: Sequence[Holding]
) -> Html:
    """Return equity, the day, the drawdown and what is open.

    Parameters
    ----------
    curve, quote
        Equity and its currency.
    fall
        The drawdown and where trading halts, as the bot measures it.
    holdings
        What is held.
    """
    return tiles(*_money(curve, quote, fall, holdings))


def _money(
    curve: EquityCurve, quote: str, fall: Headroom, holdings: Sequence[Holding]
) -> Iterator[Html]:
    span = formats.change_percent(curve.gain_frac)
    yield tile("Equity", formats.money(curve.last_quote, quote), f"{span} over the span")
    yield tile(
        "Today",
        formats.change(curve.today_quote, quote),
        formats.change_percent(curve.today_frac),
        tone_of(curve.today_quote),
    )
    part = used_frac(fall.used, fall.allowed)
    tone = Tone.BAD if part >= 1 else Tone.WARN if part >= 0.7 else Tone.PLAIN
    allowed = f"trading halts at {formats.percent(fall.allowed, 0)}"
    yield tile("Drawdown", formats.percent(fall.used), allowed, tone)
    profits = [one.profit_quote for one in holdings if one.profit_quote is not None]
    unrealised = sum(profits) if profits else None
    held = formats.money(sum(one.value_quote for one in holdings), quote)
    yield tile(
        "Open result",
        formats.change(unrealised, quote),
        f"{len(holdings)} held, worth {held}" if holdings else "nothing is held",
        tone_of(unrealised),
    )


def holdings_card(holdings: Sequence[Holding], quote: str, now: datetime) -> Html:
    """Return what is held, each with its stop."""
    if not holdings:
        return card("Open positions", note("Nothing is held."))
    rows = [
        (
            f"{one.symbol}{' short' if one.side == 'short' else ''}",
            Cell(formats.change_percent(one.profit_frac), tone_of(one.profit_frac)),
            *_stop(one),
            formats.money(one.value_quote, quote),
            formats.brief((now - one.opened_at).total_seconds()),
        )
        for one in holdings
    ]
    columns = ("Pair", "Result", "Stop", "Away", "Worth", "Held")
    return card("Open positions", table(columns, rows, caption="Open positions with their stops"))


def _stop(one: Holding) -> tuple[Cell, Cell]:
    """Return where the stop stands, and how far the price is from it."""
    if one.stop_price is None:
        return Cell("no stop", Tone.BAD), Cell(formats.NOTHING)
    distance = one.stop_distance_frac
    tone = Tone.WARN if distance is not None and distance < 0.005 else Tone.PLAIN
    return Cell(formats.price(one.stop_price)), Cell(formats.percent(distance, 1), tone)


def room_card(report: RiskReport | None, now: datetime) -> Html:
    """Return how much of each limit is used."""
    if report is None or not report.headroom:
        return card("Room left", note("No bot has reported how it stands with its limits."))
    aside = f"{report.profile}, {formats.age(report.updated_at, now)}"
    return card("Room left", *map(_limit, report.headroom), aside=aside)


def _limit(line: Headroom) -> Html:
    if line.unit == "frac":
        text = f"{formats.percent(line.used)} of {formats.percent(line.allowed, 0)}"
    else:
        text = f"{line.used:.0f} of {line.allowed:.0f}"
    return meter(line.limit, used_frac(line.used, line.allowed), text)


def votes_card(votes: Sequence[LastVote], now: datetime) -> Html:
    """Return the newest vote on each pair."""
    if not votes:
        return card("Consensus", note("The panel was never asked about this exchange."))
    rows = [
        (
            one.symbol,
            Cell(joined(action_badge(Action.from_code(one.action)), _flag(one))),
            formats.plain(one.score),
            formats.percent(one.dissent_frac, 0),
            formats.brief((now - one.as_of).total_seconds()),
        )
        for one in votes
    ]
    columns = ("Pair", "Vote", "Score", "Dissent", "Age")
    listed = table(columns, rows, caption="The newest votes", text_columns=(0, 1))
    return card("Consensus", listed, aside=votes[0].profile)


def _flag(one: LastVote) -> Html | None:
    return joined(" ", badge("degraded", Tone.WARN)) if one.degraded else None


def health_card(lights: Sequence[tuple[str, Light, str]]) -> Html:
    """Return how each process is: name, light, detail."""
    lines = []
    for name, light, detail in lights:
        shape, tone = _LIGHTS[light]
        word = tag("b", f"{shape} {light.value}", class_=f"p-{tone}")
        lines.append(tag("li", tag("span", name, class_="p-label"), word, tag("span", detail)))
    return card("Health", tag("ul", *lines, class_="p-lights"))


def light_of_report(report: RiskReport | None, now: datetime) -> tuple[str, Light, str]:
    """Return how the bot is."""
    if report is None:
        return "Bot", Light.ABSENT, "none has reported"
    light = Light.RUNNING if report.is_fresh(now) else Light.SILENT
    if light is Light.RUNNING and report.held_back:
        light = Light.LIMITED
    return "Bot", light, f"{report.strategy}, {formats.age(report.updated_at, now)}"


def light_of_service(health: Health | None, now: datetime) -> tuple[str, Light, str]:
    """Return how the signal service is."""
    name = "Signals"
    if health is None:
        return name, Light.ABSENT, "no votes are asked for"
    if not health.is_fresh(now):
        return name, Light.SILENT, formats.age(health.updated_at, now)
    answered = f"{formats.count(health.answered)} answered, {formats.count(health.failed)} failed"
    if health.condition is Condition.READY:
        return name, Light.RUNNING, answered
    return name, Light.LIMITED, health.detail or health.condition.value


def light_of_stream(health: StreamHealth | None, now: datetime) -> tuple[str, Light, str]:
    """Return how the stream of candles is."""
    name = "Stream"
    if health is None:
        return name, Light.ABSENT, "no real-time candles"
    if not health.is_fresh(now):
        return name, Light.SILENT, formats.age(health.updated_at, now)
    late = health.late(now)
    if late:
        return name, Light.LIMITED, f"behind: {', '.join(late)}"
    return name, Light.RUNNING, f"{len(health.series)} series, {health.losses} lines lost"


def incidents_card(incidents: Sequence[Incident], now: datetime) -> Html:
    """Return what went wrong or was ordered lately."""
    if not incidents:
        return card("Incidents", note("Nothing in the last thirty days."))
    lines = [
        tag(
            "li",
            tag("span", formats.age(one.at, now), class_="p-label"),
            tag("span", tag("b", one.kind), " ", one.text),
        )
        for one in incidents
    ]
    return card("Incidents and orders", tag("ul", *lines, class_="p-events"))
