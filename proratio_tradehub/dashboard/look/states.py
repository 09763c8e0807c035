"""What a page shows when it has nothing to show, or cannot know: said, with a way out. Pure."""

from __future__ import annotations

from datetime import datetime

from proratio_tradehub.dashboard.look.formats import age, moment
from proratio_tradehub.dashboard.look.markup import Html, tag

__all__ = ["away", "degraded", "empty", "loading", "stale"]


def empty(title: str, remedy: str = "", command: str = "") -> Html:
    """Return that there is nothing yet, and what fills the place.

    Parameters
    ----------
    title
        What is not there.
    remedy
        In a sentence, how it comes to be there.
    command
        What to type for it.
    """
    return tag(
        "div",
        tag("b", title),
        tag("p", remedy) if remedy else None,
        tag("code", command) if command else None,
        class_="p-state p-state-empty",
    )


def away(what: str, problem: str) -> Html:
    """Return that something does not answer, so that nothing is known.

    Parameters
    ----------
    what
        Who does not answer.
    problem
        In which words it failed, and the remedy.
    """
    return tag(
        "div",
        tag("b", f"No answer from {what}"),
        tag("p", problem),
        class_="p-state p-state-away",
        role="alert",
    )


def stale(read_at: datetime | None, now: datetime, problem: str) -> Html:
    """Return that what stands below is old, how old, and why nothing newer is known."""
    return tag(
        "div",
        tag("b", f"As of {moment(read_at)}, {age(read_at, now)}"),
        tag("p", problem),
        class_="p-state p-state-stale",
        role="status",
    )


def degraded(title: str, problem: str) -> Html:
    """Return that something works only in part."""
    return tag(
        "div", tag("b", title), tag("p", problem), class_="p-state p-state-degraded", role="status"
    )


def loading(lines: int = 3) -> Html:
    """Return the shape of what is on its way."""
    bars = [tag("span", class_="p-bone") for _ in range(lines)]
    return tag("div", *bars, class_="p-state p-state-loading", role="status", aria_label="loading")
