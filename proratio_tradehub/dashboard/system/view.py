"""Draws the values of the page System as markup; it reads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from proratio_signals.spending import ProviderHealth
from proratio_tradehub.dashboard.access.deeds import Deed
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    Tone,
    card,
    facts,
    formats,
    note,
    table,
    tag,
)
from proratio_tradehub.dashboard.now.figures import Light
from proratio_tradehub.dashboard.system.configuring import Proposal
from proratio_tradehub.dashboard.system.log_tail import LogTail
from proratio_tradehub.dashboard.system.processes import ProcessLine
from proratio_tradehub.dashboard.system.queries import Latency, Providers, Server
from proratio_tradehub.journal import JournalEntry, incident_line

__all__ = [
    "answer_bar",
    "deeds_card",
    "failures_card",
    "log_card",
    "processes_card",
    "proposal_view",
    "providers_card",
    "settings_card",
    "versions_card",
]

_LIGHTS = {
    Light.RUNNING: ("●", Tone.GOOD),
    Light.LIMITED: ("▲", Tone.WARN),
    Light.SILENT: ("■", Tone.BAD),
    Light.ABSENT: ("○", Tone.MUTED),
    Light.NOTED: ("◦", Tone.PLAIN),
}


_COLUMNS = (
    *("Provider", "Answers", "Abstained", "Half within (p50)", "95% within (p95)"),
    *("Breaker", "Last call"),
)


def answer_bar(lines: Sequence[ProcessLine]) -> Html:
    """Return whether every process is well, in a word and a sentence."""
    silent = [line.name for line in lines if line.light is Light.SILENT]
    limited = [line.name for line in lines if line.light is Light.LIMITED]
    if silent:
        word, why, tone = "■ Not well", f"silent: {', '.join(silent)}", Tone.BAD
    elif limited:
        word, why, tone = "▲ Look at it", f"not whole: {', '.join(limited)}", Tone.WARN
    else:
        running = sum(line.light is Light.RUNNING for line in lines)
        word, why, tone = "● Well", f"{running} running, none silent", Tone.GOOD
    return tag(
        "div",
        tag("b", word, class_=f"p-{tone}"),
        tag("span", why),
        class_=f"p-answer p-answer-{tone}",
        role="status",
    )


def processes_card(lines: Sequence[ProcessLine]) -> Html:
    """Return how each process is."""
    rows = []
    for line in lines:
        shape, tone = _LIGHTS[line.light]
        word = tag("b", f"{shape} {line.light.value}", class_=f"p-{tone}")
        name = tag("span", line.name, class_="p-label")
        rows.append(tag("li", name, word, tag("span", line.detail)))
    return card("Processes", tag("ul", *rows, class_="p-lights p-lights-long"))


def providers_card(providers: Providers, now: datetime) -> Html:
    """Return how long each provider took within a day, and whether it is asked at all."""
    latencies = {one.provider: one for one in providers.latencies}
    breakers = {one.provider: one for one in providers.breakers}
    names = sorted({*latencies, *breakers})
    if not names:
        return card("Language models", note("No voter was asked within the last 24 h."))
    rows = [
        (name, *_latency(latencies.get(name)), *_breaker(breakers.get(name), now)) for name in names
    ]
    listed = table(_COLUMNS, rows, caption="Providers", text_columns=(0, 5, 6))
    return card("Language models", listed, aside="last 24 h")


def _latency(one: Latency | None) -> tuple[str, str, str, str]:
    if one is None:
        return (formats.NOTHING,) * 4
    return (
        formats.count(one.answers),
        formats.count(one.abstained),
        formats.latency(one.half_s),
        formats.latency(one.most_s),
    )


def _breaker(one: ProviderHealth | None, now: datetime) -> tuple[Cell, Cell]:
    if one is None:
        return Cell("not known", Tone.MUTED), Cell(formats.NOTHING)
    shape, tone = {"closed": ("●", Tone.GOOD), "open": ("■", Tone.BAD)}.get(
        one.state.value, ("▲", Tone.WARN)
    )
    last = f"{one.last_outcome}, {formats.age(one.last_at, now)}"
    return Cell(f"{shape} {one.state.value}", tone), Cell(last)


def failures_card(entries: Sequence[JournalEntry], now: datetime) -> Html:
    """Return the last incidents of every bot."""
    if not entries:
        return card("Incidents", note("Nothing in the last thirty days."))
    lines = [
        tag(
            "li",
            tag("span", formats.age(one.at, now), class_="p-label"),
            tag("div", incident_line(one), tag("p", one.account, class_="p-note")),
        )
        for one in entries
    ]
    return card("Incidents", tag("ul", *lines, class_="p-events"))


def log_card(tail: LogTail | None) -> Html:
    """Return the last lines of the log that are warnings or worse."""
    if tail is None:
        words = "No log file: each process writes to where it was started."
        return card("Log", note(words))
    if not tail.lines:
        return card("Log", note("No warning or error at its end."), aside=tail.name)
    lines = [tag("li", line) for line in tail.lines]
    return card("Log", tag("ul", *lines, class_="p-log"), aside=tail.name)


def versions_card(versions: Mapping[str, str], server: Server | None, problem: str) -> Html:
    """Return which version of what is at work."""
    pairs: list[tuple[str, object]] = list(versions.items())
    if server is None:
        return card("Versions", facts([*pairs, ("PostgreSQL", problem or "not known")]))
    fits = server.migration == server.expected
    schema = server.migration if fits else f"{server.migration}, {server.expected} is expected"
    pairs += [("PostgreSQL", server.version), ("Migration", schema)]
    pairs += [("Database", f"{server.size_bytes / 1e6:,.0f} MB")]
    return card("Versions", facts(pairs), tone=Tone.PLAIN if fits else Tone.WARN)


def settings_card(pairs: Iterable[tuple[str, str]]) -> Html:
    """Return the settings; of a secret, whether it is set."""
    return card("Settings", facts(pairs), note("From the environment and .env."))


def deeds_card(deeds: Sequence[Deed], now: datetime) -> Html:
    """Return what was done from dashboards of this machine."""
    if not deeds:
        return card("Done here", note("Nobody has acted from this dashboard yet."))
    lines = [
        tag(
            "li",
            tag("span", formats.age(one.at, now), class_="p-label"),
            tag("div", tag("b", one.action), " ", one.detail, tag("p", one.by, class_="p-note")),
        )
        for one in deeds
    ]
    return card("Done here", tag("ul", *lines, class_="p-events"))


def proposal_view(proposal: Proposal) -> Html:
    """Return what saving changes, and the file it makes."""
    changes = [tag("li", str(change)) for change in proposal.changes]
    return tag(
        "section",
        tag("h2", "Save these limits?"),
        tag("ul", *changes, class_="p-effects"),
        tag("h3", "The file then says"),
        tag("pre", proposal.text, class_="p-file"),
        class_="p-confirm",
        role="alertdialog",
        aria_label="Save these limits",
    )
