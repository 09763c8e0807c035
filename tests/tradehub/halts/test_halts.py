"""Two places, either of which halts; each alone is enough to halt, and both learn of everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_tradehub.halts.events import Action, Mode
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.halts import Halts, halt_file
from proratio_tradehub.halts.ledger import HaltLedger
from tests.tradehub.halts.made import clock, order

AWAY = TransientError("PostgreSQL cannot be reached")


@pytest.fixture
def file(tmp_path: Path) -> HaltFile:
    return HaltFile(tmp_path / "halts.json")


@pytest.fixture
def ledger(database: Database) -> HaltLedger:
    return HaltLedger(database)


@pytest.fixture
def halts(file: HaltFile, ledger: HaltLedger) -> Halts:
    return Halts(file, ledger, clock=clock())


def test_an_order_reaches_both_places(halts: Halts, file: HaltFile, ledger: HaltLedger) -> None:
    recorded = halts.order(Action.HALT, reason="storm", by="me")
    assert recorded.missed == ()
    assert file.read() == ledger.read() == (recorded.event,)
    assert halts.standing().mode is Mode.HALTED


@pytest.mark.parametrize("place", ["file", "ledger"])
def test_either_place_alone_halts(
    halts: Halts, file: HaltFile, ledger: HaltLedger, place: str
) -> None:
    {"file": file, "ledger": ledger}[place].add([order("x")])
    assert halts.standing().mode is Mode.HALTED


def test_without_postgresql_the_file_halts_resumes_and_doubts(file: HaltFile) -> None:
    halts = Halts(file, AWAY, clock=clock())
    assert halts.standing().unknown == "PostgreSQL cannot be reached"
    assert halts.order(Action.HALT, reason="storm", by="me").missed == (str(AWAY),)
    assert halts.standing().mode is Mode.HALTED
    halts.resume(reason="calm", by="me")
    assert halts.standing().mode is Mode.TRADING
    assert not halts.standing().allows_entries


def test_what_happened_without_postgresql_reaches_it_later_and_the_other_way_round(
    halts: Halts, file: HaltFile, ledger: HaltLedger
) -> None:
    alone = Halts(file, AWAY, clock=clock())
    alone.order(Action.HALT, reason="storm", by="me")
    ledger.add([order("elsewhere")])
    assert alone.settle() == (str(AWAY),)
    assert halts.settle() == ()
    assert {event.id for event in file.read()} == {event.id for event in ledger.read()}
    assert len(file.read()) == 2


def test_resuming_without_postgresql_does_not_end_a_halt_that_only_it_knows(
    halts: Halts, file: HaltFile, ledger: HaltLedger
) -> None:
    ledger.add([order("elsewhere")])
    Halts(file, AWAY, clock=clock()).resume(reason="calm", by="me")
    assert halts.standing().mode is Mode.HALTED


def test_damaged_file_halts_and_resuming_begins_a_new_one(
    halts: Halts, file: HaltFile, ledger: HaltLedger
) -> None:
    halts.order(Action.HALT, reason="storm", by="me")
    file.path.write_text("{")
    assert "is not readable" in halts.standing().why
    halts.resume(reason="looked at the file", by="me")
    assert halts.standing().allows_entries
    assert file.path.with_suffix(".unreadable-1").read_text() == "{"
    assert file.read() == ledger.read()


def test_damaged_file_can_be_halted_over(file: HaltFile) -> None:
    file.path.write_text("{")
    recorded = Halts(file, AWAY, clock=clock()).order(Action.HALT, reason="storm", by="me")
    assert file.read() == (recorded.event,)


def test_nothing_is_resumed_when_nothing_can_be_read(file: HaltFile) -> None:
    file.path.write_text("{")
    with pytest.raises(TransientError, match=r"nothing was resumed: .* not readable .* reached"):
        Halts(file, AWAY, clock=clock()).resume(reason="calm", by="me")
    assert file.path.read_text() == "{"


def test_an_order_that_gets_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    halts = Halts(HaltFile(tmp_path / "state" / "halts.json"), AWAY, clock=clock())
    with pytest.raises(TransientError, match=r"nothing was ordered: .* cannot be written"):
        halts.order(Action.HALT, reason="storm", by="me")


def test_history_has_every_order_of_both_places_once(
    halts: Halts, file: HaltFile, ledger: HaltLedger
) -> None:
    file.add([order("a", minute=2), order("b", minute=1)])
    ledger.add([order("a", minute=2), order("c")])
    assert [event.id for event in halts.history()] == ["c", "b", "a"]


def test_file_lies_with_the_installations_state(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    assert halt_file(settings).path == tmp_path / ".proratio" / "halts.json"
