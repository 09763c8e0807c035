"""The page where people sign in; plain HTML, before anything of Streamlit is sent. Pure."""

from __future__ import annotations

from importlib.resources import files

from proratio_tradehub.dashboard.access.visitors import Visitor
from proratio_tradehub.dashboard.look import Html, joined, tag

__all__ = ["arrival_page", "login_page"]


def login_page(
    *,
    visitor: Visitor | None,
    has_password: bool,
    provider: str | None = None,
    problem: str = "",
) -> str:
    """Return the page.

    Parameters
    ----------
    visitor
        Who is looking at it; None when nobody is signed in.
    has_password
        Whether a password opens anything.
    provider
        The name of the OpenID provider where people sign in; None: there is none.
    problem
        Why the last attempt failed.
    """
    parts = [tag("h1", "Proratio")]
    if problem:
        parts.append(tag("p", problem, class_="p-problem", role="alert"))
    if visitor is not None and visitor.since is not None:
        parts += [tag("p", f"Signed in as {visitor.name}."), _sign_out(), _back()]
    elif has_password or provider is not None:
        parts += [_sign_in_elsewhere(provider)] if provider is not None else []
        parts += [_sign_in(is_first=provider is None)] if has_password else []
        parts += [] if visitor is None else [_back()]
    else:
        parts += [tag("p", "This dashboard has no password; it is for this machine."), _back()]
    return _page(*parts)


def arrival_page() -> str:
    """Return the page that leads on to the dashboard.

    The session's cookie is for requests that begin here, and a browser counts the way back from a
    provider as begun there.
    """
    onward = tag("meta", http_equiv="refresh", content="0;url=/")
    return _page(tag("h1", "Proratio"), tag("p", "Signed in."), _back(), head=onward)


def _page(*parts: Html, head: Html | None = None) -> str:
    style = (files("proratio_tradehub.dashboard") / "login.css").read_text("utf-8")
    top = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Sign in · Proratio"),
        tag("style", Html(style)),
        *([] if head is None else [head]),
    )
    body = tag("body", tag("main", *parts))
    return f'<!doctype html><html lang="en"><head>{top}</head>{body}</html>'


def _sign_in_elsewhere(provider: str) -> Html:
    return tag(
        "p", tag("a", f"Sign in with {provider}", href="/login/openid", class_="p-elsewhere")
    )


def _sign_in(*, is_first: bool) -> Html:
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
            **({"autofocus": ""} if is_first else {}),
        ),
        tag("button", "Sign in", type="submit"),
        method="post",
        action="/login",
    )


def _sign_out() -> Html:
    return tag("form", tag("button", "Sign out", type="submit"), method="post", action="/logout")


def _back() -> Html:
    return tag("p", tag("a", "To the dashboard", href="/"))
