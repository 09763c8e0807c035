"""What the lines of a batch's results become, and those that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Abstention, AbstentionKind
from tests.signals.batches.running import (
    FEW,
    PROFILE,
    PROVIDERS,
    QUESTIONS,
    ballots_of,
    bill_usd,
    fill,
    money,
)
from tests.wire.fake_providers import FakeProviders


@pytest.mark.parametrize("shift", range(3))
def test_calls_a_batch_did_not_get_to_cost_nothing_and_are_asked_by_the_next_run(
    fake: FakeProviders, stocked: Database, tmp_path: Path, shift: int
) -> None:
    settings = fake.settings(tmp_path)
    ways = ("expired", "cancelled", "completed") if shift else ("failed", "failed", "failed")
    turned = ways[shift:] + ways[:shift]
    fake.batches.endings.update(zip(PROVIDERS, turned, strict=True))

    first = fill(settings, stocked, FEW)
    done = 2 if shift else 0
    assert (first.asked, first.degraded, first.left_open) == (done, 0, 4 - done)
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)

    fake.batches.endings.clear()
    second = fill(settings, stocked, FEW)
    assert (second.answered_before, second.asked) == (done, 4 - done)
    assert second.batches == sum(way != "completed" for way in ways)
    assert len(fake.batches.all[-1].requests) == 4 - done
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


_LINES: list[tuple[str, AbstentionKind | None]] = [
    ("refusal", AbstentionKind.REFUSED),
    ("cut", AbstentionKind.TRUNCATED),
    ("odd", AbstentionKind.FAILED),
    ("shape", AbstentionKind.INVALID),
    ("schema", AbstentionKind.INVALID),
    ("400", AbstentionKind.FAILED),
    ("429", None),
    ("500", None),
    ("401", None),
    ("garbage", None),
    ("missing", None),
]
"""What a line of the results becomes; None leaves the call open."""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_line_is_judged_as_a_live_answer_and_harms_no_other(
    fake: FakeProviders, stocked: Database, tmp_path: Path, provider: str
) -> None:
    fates = dict(enumerate(fate for fate, _ in _LINES))
    fake.batches.line = lambda of, index: fates.get(index) if of == provider else None

    report = fill(fake.settings(tmp_path), stocked)

    abstained = [kind for _, kind in _LINES if kind is not None]
    assert report.asked == 12 - (len(_LINES) - len(abstained))
    assert report.degraded == len(abstained)
    for question, (_, kind) in zip(QUESTIONS, _LINES, strict=False):
        if kind is None:
            assert Ledger(stocked).find(question, PROFILE.hash) is None
        else:
            result = ballots_of(stocked, question)[provider].answer.result
            assert isinstance(result, Abstention)
            assert result.kind is kind
    charged_usd, reserved_usd = money(stocked)
    assert reserved_usd == 0
    assert charged_usd >= bill_usd(fake, tmp_path)  # unknown tokens and lost lines count in full


def test_a_line_that_comes_twice_is_settled_once(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    fake.batches.line = lambda *_: "twice"

    report = fill(fake.settings(tmp_path), stocked, FEW)

    assert report.asked == 4
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_results_that_cannot_be_read_yet_are_read_later(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    fake.batches.torn["results"] = 5

    report = fill(fake.settings(tmp_path), stocked, FEW)

    assert report.asked == 4
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)
