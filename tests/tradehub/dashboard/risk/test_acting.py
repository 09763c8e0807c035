"""Orders from the dashboard: by operators, once, as they were shown, and on the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, RiskError
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.deeds import Deed, deed_file
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.risk.acting import carry_out, state_order
from proratio_tradehub.dashboard.risk.orders import Choice, Draft
from proratio_tradehub.halts import Action, HaltLedger, Mode, halt_file, standing_of
from tests.tradehub.dashboard.risk.made import AWAY_URL, OPERATOR, VIEWER, a_braked_house
from tests.tradehub.halts.fake_bot import fake_bot, trade_of
from tests.tradehub.halts.made import clock

HERE = "window one"


def _draft(house: House, choice: Choice = Choice.HALT, session: str = HERE) -> Draft:
    return state_order(house, OPERATOR, session, choice=choice, reason="odd\n prices")


def _deeds(house: House) -> tuple[Deed, ...]:
    return deed_file(house.settings, house.clock).newest(10)


def test_halt_is_in_file_and_database_with_who_and_why(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        assert carry_out(house, OPERATOR, HERE, _draft(house)) == "Halted."
        in_file = halt_file(house.settings).read()
        (deed,) = _deeds(house)
    (event,) = HaltLedger(database).read()
    assert in_file == (event,)
    assert (event.action, event.by, event.reason) == (Action.HALT, OPERATOR.name, "odd prices")
    assert (deed.by, deed.action, deed.detail) == (OPERATOR.name, "Halt", "odd prices: Halted.")


def test_halt_holds_by_the_file_while_the_database_is_away(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        said = carry_out(house, OPERATOR, HERE, _draft(house))
        assert standing_of(halt_file(house.settings).read()).mode is Mode.HALTED
    assert said.startswith("Halted. Not recorded everywhere yet: PostgreSQL cannot be reached")


def test_reduced_then_resumed(database: Database, database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        carry_out(house, OPERATOR, HERE, _draft(house, Choice.REDUCE_ONLY))
        assert standing_of(HaltLedger(database).read()).mode is Mode.REDUCE_ONLY
        assert carry_out(house, OPERATOR, HERE, _draft(house, Choice.RESUME)) == "Resumed."
    assert standing_of(HaltLedger(database).read()).mode is Mode.TRADING


@pytest.mark.parametrize("visitor", [VIEWER, None])
def test_nobody_but_an_operator_states_or_carries_out(
    visitor: Visitor | None, database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        with pytest.raises(ConfigurationError, match="nothing was done"):
            state_order(house, visitor, HERE, choice=Choice.HALT, reason="why not")
        draft = _draft(house)
        with pytest.raises(ConfigurationError, match="nothing was done"):
            carry_out(house, visitor, HERE, draft)
        deeds = _deeds(house)
    assert HaltLedger(database).read() == ()
    tried = "refused: a viewer may not act"
    assert [deed.detail for deed in deeds] == ([tried] * 2 if visitor is VIEWER else [])


def test_order_without_a_reason_or_effect_is_not_stated(database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        with pytest.raises(ConfigurationError, match="why"):
            state_order(house, OPERATOR, HERE, choice=Choice.HALT, reason=" \n ")
        with pytest.raises(RiskError, match="trading already"):
            state_order(house, OPERATOR, HERE, choice=Choice.RESUME, reason="again")


def test_confirmation_is_good_once_and_for_its_own_window(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        draft = _draft(house)
        with pytest.raises(ConfigurationError, match="not yours"):
            carry_out(house, OPERATOR, "window two", draft)
        draft = _draft(house)
        carry_out(house, OPERATOR, HERE, draft)
        with pytest.raises(ConfigurationError, match="used before"):
            carry_out(house, OPERATOR, HERE, draft)
    assert len(HaltLedger(database).read()) == 1


def test_second_of_two_operators_learns_that_orders_changed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        first, second = _draft(house), _draft(house, Choice.REDUCE_ONLY, "window two")
        carry_out(house, OPERATOR, HERE, first)
        with pytest.raises(RiskError, match=r"orders changed. Now: halt by operator at 10"):
            carry_out(house, OPERATOR, "window two", second)
        newest = _deeds(house)[0]
    assert [event.action for event in HaltLedger(database).read()] == [Action.HALT]
    assert "failed: nothing was done" in newest.detail


def test_everything_is_closed_after_what_was_shown(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with (
        fake_bot(trade_of(1, "BTC/USDT"), trade_of(2, "ETH/USDT")) as bot,
        a_braked_house(database_url, tmp_path, clock=clock(), bot_url=bot.url) as house,
    ):
        draft = _draft(house, Choice.LIQUIDATE)
        assert sum("Closes at the market's price" in line for line in draft.effects) == 2
        assert bot.closed == []
        said = carry_out(house, OPERATOR, HERE, draft)
        assert bot.closed == [(1, "market"), (2, "market")]
    assert said.startswith("Halted. Closed: trade 1")
    actions = [event.action for event in HaltLedger(database).read()]
    assert actions == [Action.HALT, Action.LIQUIDATE]


def test_minute_for_closing_everything_ends(database_url: str, tmp_path: Path) -> None:
    at = clock()
    with (
        fake_bot(trade_of(1, "BTC/USDT")) as bot,
        a_braked_house(database_url, tmp_path, clock=at, bot_url=bot.url) as house,
    ):
        draft = _draft(house, Choice.LIQUIDATE)
        at.sleep(61.0)
        with pytest.raises(RiskError, match="valid until"):
            carry_out(house, OPERATOR, HERE, draft)
        assert bot.closed == []


def test_bot_that_is_away_is_halted_and_said(database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path, clock=clock()) as house:
        draft = _draft(house, Choice.LIQUIDATE)
        assert draft.effects[-1].startswith("Nothing can be closed from here: no bot answers")
        said = carry_out(house, OPERATOR, HERE, draft)
        assert standing_of(halt_file(house.settings).read()).mode is Mode.HALTED
    assert "close the rest at the exchange by hand" in said


def test_halt_is_not_held_up_by_a_record_that_cannot_be_written(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        deed_file(house.settings, house.clock).path.mkdir(parents=True)
        said = carry_out(house, OPERATOR, HERE, _draft(house))
    assert said.startswith("Halted. the record of actions")
    assert len(HaltLedger(database).read()) == 1
