"""Foreign words are read, not obeyed."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.alerts import markup
from proratio_tradehub.alerts.markup import bold, plain, quoted


def test_examples_of_the_documentation_hold() -> None:
    assert doctest.testmod(markup).failed == 0


def test_a_model_that_writes_markup_writes_words() -> None:
    attack = '<a href="https://evil">approve</a>\n\x1b[2J\u202e&lt;'
    shown = quoted(attack, limit_chars=200)
    assert "<" not in shown
    assert "\n" not in shown
    assert plain(shown) == '<a href="https://evil">approve</a> \\x1b[2J\\u202e&lt;'


@given(st.text(), st.integers(1, 60))
def test_no_text_is_longer_than_its_limit_or_holds_a_tag(text: str, limit: int) -> None:
    shown = quoted(text, limit_chars=limit)
    assert len(plain(shown)) <= limit
    assert not set("<>\n") & set(shown)
    assert plain(bold(text, limit_chars=limit)) == plain(shown)
