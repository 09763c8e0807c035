"""Draws runs, tear sheets and comparisons as markup. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proratio_quantlab.comparison import Line, Verdict
from proratio_quantlab.measures import format_difference, format_value
from proratio_tradehub.dashboard.lab.judging import Judgement, PairJudgement
from proratio_tradehub.dashboard.lab.runs import RunLine
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    Tone,
    badge,
    card,
    facts,
    formats,
    joined,
    note,
    table,
    tag,
    tile,
    tiles,
    tone_of,
)

__all__ = [
    "measures_card",
    "pair_bar",
    "pair_cards",
    "points_card",
    "run_bar",
    "run_card",
    "run_tiles",
]

_VERDICTS = {
    Verdict.BETTER: ("▲ first", Tone.GOOD),
    Verdict.WORSE: ("▼ second", Tone.BAD),
    Verdict.SAME: ("= same", Tone.MUTED),
    Verdict.NEUTRAL: ("", Tone.MUTED),
}


def run_bar(line: RunLine) -> Html:
    """Return which run is shown and, in words, what it is not."""
    return tag(
        "div",
        tag("b", line.strategy),
        *_badges(line),
        tag("span", f"{', '.join(line.pairs)} {line.timeframe}, {line.span}"),
        class_="p-answer",
        role="status",
    )


def _badges(line: RunLine) -> Iterator[Html]:
    yield badge("BACKTEST", Tone.MUTED)
    if line.simulated:
        yield badge("SIMULATED: no market printed these candles", Tone.WARN)
    if line.profile is None:
        yield badge("UNGATED", Tone.MUTED)
    elif line.rule_based:
        yield badge("RULE-BASED: fixed rules voted, no language model", Tone.WARN)


def run_tiles(line: RunLine) -> Html:
    """Return what came of a run."""
    unsure = "" if line.sharpe_half is None else f"± {line.sharpe_half:.2f} (95 %), daily, a year"
    return tiles(
        tile(
            "Profit",
            formats.change_percent(line.profit_frac),
            "of the balance, after costs",
            tone_of(line.profit_frac),
        ),
        tile("Sharpe", formats.plain(line.sharpe), unsure or "too short for an interval"),
        tile("Drawdown", formats.percent(line.max_drawdown_frac), "largest fall from a high"),
        tile("Trades", formats.count(line.trades), f"{formats.count(line.refused)} refused"),
    )


def run_card(line: RunLine) -> Html:
    """Return what exactly was run, and how to get it again."""
    return card(
        "This run",
        facts(
            [
                ("Gated by", line.gate),
                ("Candles", f"{'SIMULATED' if line.simulated else line.exchange}"),
                ("Parameters", line.settings or "as the strategy has them"),
                ("Run at", formats.moment(line.created_at)),
                ("As a page", tag("code", f"proratio report {line.key} --html run.html")),
            ]
        ),
    )


def points_card(title: str, points: Sequence[str], *, tone: Tone = Tone.PLAIN) -> Html:
    """Return sentences, one below the other."""
    marked = (joined(tag("i", "•", class_="p-muted"), tag("span", text)) for text in points)
    listed = tag("ul", *(tag("li", point) for point in marked), class_="p-points")
    return card(title, listed, tone=tone)


def measures_card(found: Judgement) -> Html:
    """Return every measure of a run."""
    rows = [
        (
            line.measure.label_in(found.quote),
            format_value(line.gated, line.measure.unit),
            Cell(line.measure.explanation, Tone.MUTED),
        )
        for line in found.lines
    ]
    listed = table(
        ("Measure", "Value", "Meaning"), rows, caption="Every measure", text_columns=(0, 2)
    )
    return card("Every measure", listed)


def pair_bar(first: RunLine, second: RunLine, found: PairJudgement) -> Html:
    """Return whether one of two runs did better."""
    marks = [badge("SIMULATED candles", Tone.WARN)] if found.simulated else []
    sides = facts([("First", _named(first)), ("Second", _named(second))])
    return card("Two runs, day by day", tag("p", found.verdict, class_="p-voice"), *marks, sides)


def _named(line: RunLine) -> str:
    settings = f" · {line.settings}" if line.settings else ""
    return f"{line.key} · {line.title}{settings}"


def pair_cards(found: PairJudgement) -> Html:
    """Return the differences, every measure of both, and what may be believed."""
    listed = table(
        ("Measure", "First", "Second", "Difference", "Better"),
        [_pair_row(line, found.quote) for line in found.lines if not line.measure.detail],
        caption="Measures of both runs",
        text_columns=(0, 4),
    )
    return joined(
        points_card("How sure the difference is", found.sentences),
        card("Measures", listed, note("A difference of one measure alone may be chance.")),
        points_card("Before you believe it", found.caveats, tone=Tone.WARN),
    )


def _pair_row(line: Line, quote: str) -> tuple[str | Cell, ...]:
    word, tone = _VERDICTS[line.verdict]
    unit = line.measure.unit
    return (
        line.measure.label_in(quote),
        format_value(line.gated, unit),
        format_value(line.ungated, unit),
        format_difference(line.difference, unit),
        Cell(word, tone),
    )
