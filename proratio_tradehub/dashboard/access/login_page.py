"""The page that asks for the password; plain HTML, before anything of Streamlit is sent. Pure."""

from __future__ import annotations

from importlib.resources import files

from proratio_tradehub.dashboard.access.visitors import Visitor
from proratio_tradehub.dashboard.look import Html, joined, tag

__all__ = ["login_page"]


def login_page(*, visitor: Visitor | None, has_password: bool, problem: str = "") -> str:
    """Return the page.

    Parameters
    ----------
    visitor
        Who is looking at it; None when nobody is signed in.
    has_password
        Whether signing in leads anywhere.
    problem
        Why the last attempt failed.
    """
    parts = [tag("h1", "Proratio")]
    if problem:
        parts.append(tag("p", problem, class_="p-problem", role="alert"))
    if visitor is not None and visitor.since is not None:
        parts += [tag("p", f"Signed in as {visitor.name}."), _sign_out(), _back()]
    elif has_password:
        parts.append(_sign_in())
        parts += [] if visitor is None else [_back()]
    else:
        parts += [tag("p", "This dashboard has no password; it is for this machine."), _back()]
    style = (files("proratio_tradehub.dashboard") / "login.css").read_text("utf-8")
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Sign in · Proratio"),
        tag("style", Html(style)),
    )
    body = tag("body", tag("main", *parts))
    return f'<!doctype html><html lang="en"><head>{head}</head>{body}</html>'


def _sign_in() -> Html:
    return tag(
        "form",
        tag("label", "Password", for_="password"),
        tag(
            "input",
            id="password",
            name="password",
            type="password",
            autocomplete="current-password",
            required="",
            autofocus="",
        ),
        tag("button", "Sign in", type="submit"),
        method="post",
        action="/login",
    )


def _sign_out() -> Html:
    return tag("form", tag("button", "Sign out", type="submit"), method="post", action="/logout")


def _back() -> Html:
    return tag("p", tag("a", "To the dashboard", href="/"))
