from __future__ import annotations

from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_signals.profile import Limit, Profile, Stability
from proratio_signals.siblings import read_rivals, read_siblings
from tests.signals.recording import record
from tests.signals.samples import panel_profile, said

PROFILE = panel_profile()
BUY = said(Action.BUY, 0.9)


def test_siblings_are_the_same_panel_asked_again_or_blind(database: Database) -> None:
    again = PROFILE.model_copy(update={"name": "again"})
    blind = PROFILE.model_copy(update={"name": "masked", "blinding": True})
    stricter = panel_profile(threshold=0.7)
    for profile in (PROFILE, again, blind, stricter):
        record(database, 300, BUY, BUY, BUY, profile=profile)

    found = read_siblings(database, PROFILE)

    assert set(found.repeats) == {PROFILE.hash, again.hash}
    assert found.twins == (blind.hash,)
    assert set(read_siblings(database, blind).twins) == {PROFILE.hash, again.hash}


def test_what_money_and_stakes_are_made_of_makes_no_other_panel(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    steady = panel_profile(stability=Stability())
    capped = panel_profile(daily_usd=1.0, limits=(Limit(provider="counting", at_once=2),))

    assert steady.hash != PROFILE.hash == capped.hash
    for profile in (steady, capped):
        assert PROFILE.hash in read_siblings(database, profile).repeats


def test_a_profile_of_another_version_is_nobodys_sibling(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO profile (hash, name, document) VALUES ('x', 'old', '{\"terms\": 1}')"
        )

    assert read_siblings(database, PROFILE).repeats == (PROFILE.hash,)


def test_rivals_are_other_panels_each_once(database: Database) -> None:
    again = PROFILE.model_copy(update={"name": "again"})
    blind = PROFILE.model_copy(update={"name": "masked", "blinding": True})
    stricter, too = panel_profile(threshold=0.7), panel_profile(threshold=0.7, daily_usd=3.0)
    named = Profile(**{**too.model_dump(), "name": "stricter-again-1"})
    for profile in (PROFILE, again, blind, stricter, named):
        record(database, 300, BUY, BUY, BUY, profile=profile)

    assert [rival.hash for rival in read_rivals(database, PROFILE)] == [blind.hash, stricter.hash]
    assert len(read_rivals(database, stricter)) == 2
