"""A backfill in batches that is killed, or whose batches are lost: nothing is paid twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_signals.batches import Waiting
from proratio_signals.batches.rows import BatchRows
from tests.signals.batches.running import FEW, PROVIDERS, bill_usd, endings, fill, money
from tests.wire.fake_providers import FakeProviders

_POINTS = [
    (BatchRows, "prepare", "after"),
    (BatchRows, "sending", "before"),
    (BatchRows, "sending", "after"),
    (BatchRows, "sent", "before"),
    (BatchRows, "sent", "after"),
    (BatchRows, "settle", "after"),
    (BatchRows, "end", "after"),
]
"""Between any two of them nothing else is written."""


@pytest.mark.parametrize(("owner", "name", "when"), _POINTS)
def test_a_run_killed_at_any_write_goes_on_without_sending_or_paying_twice(
    fake: FakeProviders,
    stocked: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
    when: str,
) -> None:
    settings = fake.settings(tmp_path)
    original = getattr(owner, name)

    dead: list[bool] = []

    def killed(self: Any, *args: Any, **options: Any) -> Any:
        if dead:
            return ()  # the dead write nothing on their way out
        if when == "after":
            original(self, *args, **options)
        dead.append(True)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(SystemExit):
            fill(settings, stocked, FEW)
    report = fill(settings, stocked, FEW)

    assert report.answered_before + report.asked == 4
    assert (report.degraded, report.left_open) == (0, 0)
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_batches_whose_replies_were_lost_are_found_again(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    fake.batches.lost.update(PROVIDERS)
    fake.batches.looks = 2

    report = fill(fake.settings(tmp_path), stocked, FEW, arrives_within_s=60)

    assert report.asked == 4
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_batches_that_never_arrived_cost_nothing_and_are_sent_again_by_the_next_run(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)
    fake.batches.never_arrives.update(PROVIDERS)

    first = fill(settings, stocked, FEW)
    assert (first.asked, first.left_open) == (0, 4)
    assert endings(stocked) == [(provider, "it never arrived") for provider in PROVIDERS]
    assert money(stocked) == (0, 0)

    fake.batches.never_arrives.clear()
    second = fill(settings, stocked, FEW)
    assert (second.asked, second.batches) == (4, 3)
    assert set(fake.batches.asked().values()) == {1}


def test_a_batch_its_provider_forgot_stays_charged_and_open(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    def forget(_: Waiting) -> None:
        fake.batches.forgotten.add(fake.batches.all[0].id)
        fake.batches.hold = False

    fake.batches.hold = True
    first = fill(fake.settings(tmp_path), stocked, FEW, progress=forget)

    assert (first.asked, first.left_open) == (0, 4)
    assert endings(stocked)[0] == ("openai", "OpenAI no longer knows it")
    assert money(stocked)[0] > bill_usd(fake, tmp_path)
