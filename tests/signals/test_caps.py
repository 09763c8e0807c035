from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.caps import Book, Caps, Entry, Refused

USD = st.floats(min_value=0, max_value=10, allow_nan=False)


def take(book: Book, usd: float, caps: Caps, *, provider: str = "a", who: str = "p") -> bool:
    return book.take(usd, provider=provider, profile_hash=who, caps=caps) is None


@given(
    st.lists(st.tuples(USD, st.sampled_from("abc"), st.sampled_from("pq")), max_size=40),
    USD,
    st.one_of(st.none(), USD),
    st.dictionaries(st.sampled_from("abc"), USD),
)
def test_whatever_is_wished_for_no_cap_is_ever_passed(
    wishes: list[tuple[float, str, str]],
    total: float,
    profile: float | None,
    providers: dict[str, float],
) -> None:
    caps = {"p": Caps(total, profile, providers), "q": Caps(total)}
    book = Book([])
    granted = [w for w in wishes if take(book, w[0], caps[w[2]], provider=w[1], who=w[2])]

    def spent(**only: str) -> float:
        return sum(
            usd
            for usd, provider, who in granted
            if only.get("provider", provider) == provider and only.get("who", who) == who
        )

    assert spent() <= total + 1e-6
    assert spent(who="p") <= (total if profile is None else profile) + 1e-6
    for name, cap in providers.items():
        assert spent(who="p", provider=name) <= cap + 1e-6


@given(st.lists(st.floats(0.001, 5), min_size=1, max_size=30))
def test_a_wish_that_fits_is_granted(wishes: list[float]) -> None:
    book = Book([])
    assert all(take(book, usd, Caps(sum(wishes))) for usd in wishes)


@pytest.mark.parametrize(
    ("caps", "name"),
    [
        (Caps(1.0), "the daily budget of 1.00 USD has 0.10 left"),
        (Caps(9.0, 1.0), "the profile's daily budget of 1.00 USD has 0.10 left"),
        (Caps(9.0, 8.0, {"a": 1.0}), "the daily budget for a of 1.00 USD has 0.10 left"),
    ],
)
def test_a_refusal_names_the_cap_what_is_left_and_what_was_wished(caps: Caps, name: str) -> None:
    found = Book([Entry("a", "p", 0.9)]).take(0.2, provider="a", profile_hash="p", caps=caps)

    assert found == Refused(f"{name}, the call could cost 0.2000", may_fit_later=False)


def test_a_refusal_says_whether_calls_under_way_may_free_enough() -> None:
    book = Book([Entry("a", "p", charged_usd=0.9, returnable_usd=0.5)])

    found = book.take(0.2, provider="a", profile_hash="p", caps=Caps(1.0))

    assert found is not None
    assert found.may_fit_later


def test_other_profiles_and_providers_do_not_count_against_narrow_caps() -> None:
    book = Book([Entry("a", "other", 3.0), Entry("b", "p", 3.0)])

    assert take(book, 1.0, Caps(10.0, 4.0, {"a": 1.0}))
    assert not take(book, 0.01, Caps(10.0, 4.0, {"a": 1.0}))


def test_without_money_only_what_is_free_is_granted() -> None:
    assert take(Book([]), 0.0, Caps(0.0))
    assert not take(Book([]), 0.0001, Caps(0.0))
