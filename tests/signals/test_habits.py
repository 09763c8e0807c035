from __future__ import annotations

from proratio_core.database import Database
from proratio_signals.estimate import Habit
from proratio_signals.habits import read_habits
from tests.signals.archives import fill


def test_habits_are_averages_over_answers_that_counted_their_tokens(database: Database) -> None:
    fill(database)

    habits = read_habits(database)

    assert habits["counting", "m", "technical"] == Habit(12, 10.0, 5.0)
    assert habits["counting", "m", "risk"] == Habit(10, 10.0, 5.0)  # two abstained


def test_empty_ledger_has_no_habits(database: Database) -> None:
    assert read_habits(database) == {}
