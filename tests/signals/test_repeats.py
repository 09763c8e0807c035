from __future__ import annotations

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Timeframe
from proratio_signals.opinions import Action
from proratio_signals.profile import Profile, Stability
from proratio_signals.repeats import occasion_of, read_steadiness, repeat_of
from proratio_signals.steadiness import Steadiness
from tests.signals.recording import record
from tests.signals.samples import HOUR, close_of, panel_profile, said, silent

PROFILE = panel_profile()
BUY, HOLD = said(Action.BUY, 0.9), said(Action.HOLD, 0.9)
AGAIN = repeat_of(PROFILE, 1)


def test_a_repeat_is_the_same_panel_under_another_name() -> None:
    long = PROFILE.model_copy(update={"name": "n" * 40})

    assert repeat_of(PROFILE, 1).hash == AGAIN.hash  # also of a profile whose hash was asked for
    assert (AGAIN.name, AGAIN.hash != PROFILE.hash) == ("test-again-1", True)
    assert Profile.model_validate(repeat_of(long, 20).model_dump()).voters == PROFILE.voters
    assert len({AGAIN.hash, repeat_of(PROFILE, 2).hash}) == 2
    assert len({occasion_of(1), occasion_of(2), ""}) == 3


def test_repeats_show_from_when_they_were_available(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, HOLD, HOLD, HOLD, profile=AGAIN, late=5 * HOUR)
    record(database, 301, BUY, BUY, BUY, profile=PROFILE)
    newest = record(database, 301, BUY, BUY, BUY, profile=AGAIN)

    found = _read(database)

    assert found.known(to_ms(close_of(301))) == (0.0, 0.0)
    assert found.known(to_ms(close_of(302))) == (0.0, 1.0)
    assert found.known(to_ms(close_of(306))) == (0.5, 1.5)
    assert found.newest_vote == newest.id


def test_nothing_later_than_the_moment_of_reading_is_seen(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, HOLD, HOLD, HOLD, profile=AGAIN, late=5 * HOUR)

    assert _read(database, until_index=304).newest_vote == 0


def test_outages_and_other_markets_show_nothing(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, BUY, BUY, silent(), profile=AGAIN)
    record(database, 301, BUY, BUY, BUY, profile=PROFILE)

    assert _read(database).newest_vote == 0
    record(database, 301, HOLD, HOLD, HOLD, profile=AGAIN)
    assert _read(database).newest_vote > 0
    assert _read(database, exchange="simulated").newest_vote == 0
    assert _read(database, timeframe=Timeframe.H4).newest_vote == 0


def test_repeats_of_a_profile_with_terms_are_those_of_the_one_without(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, HOLD, HOLD, HOLD, profile=AGAIN)
    steady = panel_profile(stability=Stability())

    assert _read(database, profile=steady).known(to_ms(close_of(301))) == (0.5, 0.5)


def _read(
    database: Database,
    *,
    profile: Profile = PROFILE,
    exchange: str = "binance",
    timeframe: Timeframe = Timeframe.H1,
    until_index: int = 319,
) -> Steadiness:
    return read_steadiness(
        database, profile, exchange=exchange, timeframe=timeframe, until=close_of(until_index)
    )
