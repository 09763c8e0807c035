"""Draws votes as markup: the verdict, the scale it was weighed on, a card for each voter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from proratio_signals.opinions import Action, Ballot, Opinion
from proratio_tradehub.dashboard.consensus.figures import Bench, Line, Sheet, shares_of
from proratio_tradehub.dashboard.look import (
    Html,
    Tone,
    action_badge,
    badge,
    facts,
    formats,
    joined,
    tag,
    tile,
    tiles,
)

__all__ = ["columns_of", "scale_bar", "verdict_bar", "verdict_tiles", "voter_card", "voters"]

_SHAPES: Final = {Action.BUY: "▲", Action.SELL: "▼", Action.HOLD: "◆"}
_MADE_BY: Final = {"openai": "OpenAI", "anthropic": "Anthropic", "gemini": "Google"}


def verdict_bar(sheet: Sheet, bench: Bench, now: datetime) -> Html:
    """Return what the vote came to, on what, and how old it is."""
    line = sheet.line
    closed = f"{bench.symbol}, candle closed {formats.moment(line.as_of)}"
    return tag(
        "div",
        tag("b", action_badge(line.action)),
        tag("span", f"{closed}, {formats.age(line.as_of, now)}"),
        badge("degraded", Tone.WARN) if line.degraded else None,
        badge("asked afterwards") if sheet.origin == "backfill" else None,
        class_="p-answer",
        role="status",
    )


def verdict_tiles(sheet: Sheet, bench: Bench) -> Html:
    """Return the figures of a vote."""
    line = sheet.line
    passed = line.score > bench.threshold
    needed = f"{'above' if passed else 'not above'} {formats.plain(bench.threshold)}"
    answered = sum(isinstance(ballot.answer.result, Opinion) for ballot in sheet.ballots)
    return tiles(
        tile("Score", formats.plain(line.score), needed, Tone.GOOD if passed else Tone.PLAIN),
        tile("Dissent", formats.percent(line.dissent_frac, 0), "of the weight that answered"),
        tile(
            "Answered",
            f"{answered} of {len(sheet.ballots)}",
            f"{formats.percent(line.participation_frac, 0)} of the weight",
            Tone.WARN if line.degraded else Tone.PLAIN,
        ),
        tile("Cost", formats.usd(sheet.cost_usd), f"there {formats.latency(sheet.took_s)} later"),
    )


def scale_bar(sheet: Sheet, bench: Bench) -> Html:
    """Return what each voter put on the scale, and the mark that had to be passed."""
    rows = []
    shares = shares_of(sheet)
    for action in (Action.BUY, Action.HOLD, Action.SELL):
        parts = [(name, share) for said, name, share in shares if said is action]
        total = sum(share for _, share in parts)
        bars = [
            tag(
                "span",
                tag("i", name),
                class_=f"p-share p-share-{action.value.lower()}",
                style=f"width:{share * 100:.1f}%",
            )
            for name, share in parts
        ]
        mark = tag("span", class_="p-threshold", style=f"left:{bench.threshold * 100:.1f}%")
        rows.append(
            tag(
                "div",
                action_badge(action),
                tag("span", *bars, mark, class_="p-track"),
                tag("span", formats.plain(total), class_="p-right"),
                class_="p-scale-row",
            )
        )
    legend = f"weight × confidence; an action needs more than {formats.plain(bench.threshold)}"
    return tag("div", *rows, tag("p", legend, class_="p-note"), class_="p-card p-scale")


def voters(sheet: Sheet) -> Html:
    """Return a card for each voter, side by side."""
    return tag("div", *map(voter_card, sheet.ballots), class_="p-grid p-voters")


def voter_card(ballot: Ballot) -> Html:
    """Return what one voter said, or why nothing."""
    voter, answer = ballot.voter, ballot.answer
    maker = _MADE_BY.get(voter.provider, voter.provider)
    head = tag(
        "header",
        tag("h2", voter.name),
        tag("span", f"{voter.role} · weight {formats.percent(voter.weight, 0)}", class_="p-aside"),
    )
    said = (
        _opinion(answer.result)
        if isinstance(answer.result, Opinion)
        else _abstention(answer.result.kind.value, answer.result.detail)
    )
    usage = answer.usage
    tokens = f"{formats.count(usage.input_tokens)} in, {formats.count(usage.output_tokens)} out"
    foot = facts(
        [
            ("Model", f"{answer.served_model or voter.model} ({maker})"),
            ("Took", formats.latency(answer.latency_s)),
            ("Cost", f"{formats.usd(answer.cost_usd)}, {tokens} tokens"),
        ]
    )
    return tag("section", head, said, foot, class_="p-card p-voter")


def _opinion(opinion: Opinion) -> Html:
    share = f"width:{opinion.confidence * 100:.1f}%"
    expects = (
        f"{formats.change_percent(opinion.expected_return_frac)} within "
        f"{opinion.horizon_candles} candles"
    )
    return joined(
        tag("p", action_badge(opinion.action), class_="p-voice"),
        tag(
            "div",
            tag("span", "confidence", class_="p-label"),
            tag("span", formats.percent(opinion.confidence, 0), class_="p-meter-text"),
            tag("span", tag("span", class_="p-fill p-fill-good", style=share), class_="p-bar"),
            class_="p-meter",
        ),
        facts([("Expects", expects)]),
        tag("p", opinion.reasoning, class_="p-sentence p-reasoning"),
        _points("For it", "+", opinion.factors),
        _points("Against it", "−", opinion.risks),
    )


def _points(title: str, sign: str, points: Sequence[str]) -> Html | None:
    if not points:
        return None
    lines = [tag("li", tag("span", sign), tag("span", point)) for point in points]
    return joined(tag("h3", title), tag("ul", *lines, class_="p-points"))


def _abstention(kind: str, detail: str) -> Html:
    return joined(
        tag("p", action_badge(None), class_="p-voice"),
        facts([("Kind", kind)]),
        tag("p", detail, class_="p-sentence p-reasoning"),
    )


def columns_of(lines: Sequence[Line], now: datetime) -> dict[str, list[str]]:
    """Return votes as the columns of a list; every cell is a word of ours or a number."""
    return {
        "Candle closed": [formats.moment(line.as_of) for line in lines],
        "Vote": [f"{_SHAPES[line.action]} {line.action.value}" for line in lines],
        "Score": [formats.plain(line.score) for line in lines],
        "Dissent": [formats.percent(line.dissent_frac, 0) for line in lines],
        "Answered": [formats.percent(line.participation_frac, 0) for line in lines],
        "Panel": ["degraded" if line.degraded else "whole" for line in lines],
        "Age": [formats.age(line.as_of, now) for line in lines],
    }
