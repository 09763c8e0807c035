"""Markup: foreign text is text, whatever it says."""

from __future__ import annotations

import pytest

from proratio_tradehub.dashboard.look.markup import Html, escaped, joined, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = tag("b", "a < b")
    assert inner == "<b>a &lt; b</b>"
    assert tag("p", inner, " & ", None, 3) == "<p><b>a &lt; b</b> &amp; 3</p>"
    assert isinstance(joined(inner, "<i>"), Html)


def test_what_cannot_be_seen_is_shown() -> None:
    assert escaped("a\x1b[2J\u202eb") == "a\\x1b[2J\\u202eb"


def test_attributes_are_escaped_and_none_is_left_out() -> None:
    element = tag("td", "x", class_='a" onclick="b', aria_label="<x>", title=None)
    assert element == '<td class="a&quot; onclick=&quot;b" aria-label="&lt;x&gt;">x</td>'


def test_empty_elements_have_no_end() -> None:
    assert tag("br") == "<br>"


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "javascript:x"])
def test_link_that_leads_outside_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="links stay inside"):
        tag("a", "click", href=address)


def test_link_inside_is_made() -> None:
    assert tag("a", "x", href="/login?a=b") == '<a href="/login?a=b">x</a>'
