from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import EntriesPerDayRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent


def test_one_entry_less_than_allowed_is_no_objection() -> None:
    assert EntriesPerDayRule(4).check(a_state(entries_today=3), an_intent()) is None


@pytest.mark.parametrize("entries", [4, 5])
def test_one_entry_too_many_is_refused(entries: int) -> None:
    assert EntriesPerDayRule(4).check(a_state(entries_today=entries), an_intent()) == Refusal(
        "entries per day", f"{entries} entries today; at most 4", observed=entries, limit=4.0
    )
