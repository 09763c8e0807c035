from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import BudgetError, ConfigurationError, ProviderError, TransientError
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.batches import Waiting
from proratio_signals.batches.rows import BatchRows
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.models import load_models
from proratio_signals.opinions import Abstention, AbstentionKind, Opinion
from proratio_signals.profile import Profile, Voter
from proratio_signals.providers import find_provider
from tests.signals.batches.running import (
    PROFILE,
    PROVIDERS,
    QUESTIONS,
    ballots_of,
    endings,
    fill,
    money,
    tomorrow,
)
from tests.signals.samples import BTC
from tests.wire.asking import some_prompt
from tests.wire.fake_providers import FakeProviders

FEW = QUESTIONS[:4]


def bill_usd(fake: FakeProviders, user_data: Path) -> float:
    models = load_models(user_data / "models.toml")
    return fake.batches.bill_usd(models) + fake.bill_usd(models)


def votes(database: Database) -> int:
    return len(Ledger(database).votes(BTC, PROFILE.hash))


def test_every_question_is_answered_once_at_half_the_price(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    seen: list[Waiting] = []

    report = fill(fake.settings(tmp_path), stocked, progress=seen.append)

    live_usd = sum(
        load_models().find(voter.provider, voter.model).prices[0].input_usd * 1_000 / 1e6
        + load_models().find(voter.provider, voter.model).prices[0].output_usd * 200 / 1e6
        for voter in PROFILE.voters
    )
    assert (report.asked, report.degraded, report.left_open, report.batches) == (12, 0, 0, 3)
    assert report.cost_usd == pytest.approx(len(QUESTIONS) * live_usd / 2)
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)
    assert money(stocked)[0] == pytest.approx(report.cost_usd)
    assert set(fake.batches.asked().values()) == {1}
    assert fake.count() == 0
    assert (seen[0].batches, seen[0].calls, seen[0].questions) == (3, 36, 12)


def test_a_vote_is_what_a_live_one_would_be_and_available_at_its_deadline(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    fill(fake.settings(tmp_path), stocked, FEW)

    for question in FEW:
        vote = Ledger(stocked).find(question, PROFILE.hash)
        assert vote is not None
        assert vote.available_at == question.as_of + timedelta(seconds=PROFILE.deadline_s)
        for ballot in Ledger(stocked).ballots(vote.id):
            assert isinstance(ballot.answer.result, Opinion)
            assert ballot.answer.result.reasoning == "EMA20 above EMA50 on rising volume"
            assert ballot.answer.served_model == f"{ballot.voter.model}-served"
            assert (ballot.answer.usage.input_tokens, ballot.answer.usage.output_tokens) == (
                1_000,
                200,
            )


def test_a_second_run_sends_nothing(fake: FakeProviders, stocked: Database, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path)
    fill(settings, stocked, FEW)

    report = fill(settings, stocked, FEW)

    assert (report.answered_before, report.asked, report.batches) == (4, 0, 0)
    assert len(fake.batches.all) == 3


def test_questions_paid_for_before_are_not_sent_and_questions_in_a_batch_are_not_asked(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)

    async def directly() -> BackfillReport:
        async with open_advisor(settings, stocked, PROFILE, clock=SystemClock()) as advisor:
            return await backfill(FEW, advisor, Ledger(stocked))

    def stop(_: Waiting) -> None:
        raise KeyboardInterrupt

    fake.batches.hold = True
    with pytest.raises(KeyboardInterrupt):
        fill(settings, stocked, FEW[:2], progress=stop)
    report = asyncio.run(directly())

    assert (report.asked, len(report.refused)) == (2, 2)
    assert "with --batch fetches them" in report.refused[0].reason
    assert fake.count() == 6

    fake.batches.hold = False
    rest = fill(settings, stocked, FEW)
    assert (rest.answered_before, rest.asked, rest.batches) == (2, 2, 0)
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


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


def test_an_abstention_is_asked_again_only_on_request(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)
    fake.batches.line = lambda of, index: "refusal" if (of, index) == ("gemini", 1) else None
    first = fill(settings, stocked, FEW)
    fake.batches.line = lambda *_: None

    same = fill(settings, stocked, FEW)
    again = fill(settings, stocked, FEW, retry_degraded=True)

    assert (first.asked, first.degraded) == (4, 1)
    assert (same.asked, same.batches) == (0, 0)
    assert (again.asked, again.degraded, again.batches) == (1, 0, 1)
    assert len(fake.batches.all[-1].requests) == 1
    vote = Ledger(stocked).find(FEW[1], PROFILE.hash)
    assert vote is not None
    assert (vote.attempt, vote.degraded) == (2, False)


def test_money_that_covers_few_questions_comes_back_and_covers_the_next(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    cap_usd = 0.50  # a question's worst case is some 0.09 USD, and it comes to 0.004
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=cap_usd)
    fake.batches.looks = 3
    charged: list[float] = []

    report = fill(settings, stocked, progress=lambda _: charged.append(sum(money(stocked))))

    assert report.asked == 12
    assert report.batches > 3
    assert 0.3 < max(charged) <= cap_usd
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_money_that_covers_nothing_sends_nothing(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=0.01)

    with pytest.raises(BudgetError, match=r"no further call goes into a batch: the daily budget"):
        fill(settings, stocked, FEW)

    assert fake.batches.all == []
    assert money(stocked) == (0, 0)


@pytest.mark.parametrize(
    ("provider", "status", "error", "says"),
    [
        ("openai", 401, ConfigurationError, "Correct the key"),
        ("anthropic", 429, TransientError, "Run again later"),
        ("gemini", 400, ProviderError, "Nothing was charged"),
    ],
)
def test_a_provider_that_takes_no_batch_stops_the_run_after_the_others_are_in(
    fake: FakeProviders,
    stocked: Database,
    tmp_path: Path,
    provider: str,
    status: int,
    error: type[Exception],
    says: str,
) -> None:
    settings = fake.settings(tmp_path)
    fake.batches.refusals[provider] = status

    with pytest.raises(error, match=f"{provider}, a batch of 4 calls .*{says}"):
        fill(settings, stocked, FEW)
    assert votes(stocked) == 0
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)

    fake.batches.refusals.clear()
    assert fill(settings, stocked, FEW).batches == 1
    assert votes(stocked) == 4


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_an_upload_that_fails_leaves_nothing_to_look_for(
    fake: FakeProviders, stocked: Database, tmp_path: Path, provider: str
) -> None:
    fake.batches.upload_refusals[provider] = 503

    with pytest.raises(TransientError, match=f"{provider}, a batch"):
        fill(fake.settings(tmp_path), stocked, FEW)

    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


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


def test_voters_without_batches_are_asked_directly_when_the_others_are_in(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    local = Voter(name="local", provider="compatible", role="risk", weight=0.25, model="llama")
    mixed = Profile(
        name="mixed",
        voters=(*PROFILE.voters[:2], local),
        quorum=PROFILE.quorum,
        deadline_s=PROFILE.deadline_s,
    )

    report = fill(fake.settings(tmp_path), stocked, FEW, profile=mixed)

    assert (report.asked, report.degraded, report.batches) == (4, 0, 2)
    assert fake.count(provider="compatible") == fake.count() == 4


def test_a_profile_without_batches_is_told_so(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    seat = Voter(name="local", provider="compatible", role="risk", weight=1.0, model="llama")
    local = Profile(name="local-only", voters=(seat,), quorum={"minimum_voters": 1})

    with pytest.raises(ConfigurationError, match="no voter of profile 'local-only' can be asked"):
        fill(fake.settings(tmp_path), stocked, FEW, profile=local)


def test_a_model_without_a_batch_price_is_never_sent(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)
    price = (
        '{ since = 2024-01-01, input_usd = 1, output_usd = 2, source = "x", read_on = 2024-01-01 }'
    )
    entry = f'\n[[models]]\nprovider = "gemini"\nid = "gemini-3.8-flash"\nprices = [{price}]\n'
    with (tmp_path / "models.toml").open("a") as registry:
        registry.write(entry)

    with pytest.raises(ConfigurationError, match=r"no batch price .* batch_prices = \["):
        fill(settings, stocked, FEW)

    assert fake.batches.all == []
    assert money(stocked) == (0, 0)


def test_what_a_batch_is_asked_is_what_a_live_call_is_asked(
    fake: FakeProviders, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)

    async def compare(seat: Voter) -> None:
        provider: Any = find_provider(seat.provider)(seat, settings)
        prompt = some_prompt()
        body = provider._wire.body(prompt)
        await provider.ask(prompt, deadline_s=9)
        await provider.close()
        assert fake.calls[-1].body == body

    for seat in PROFILE.voters:
        asyncio.run(compare(seat))


def test_the_next_day_pays_from_the_next_days_money(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=0.24)
    fake.batches.line = lambda *_: "missing"  # what was asked is lost, and stays charged in full
    fill_once = fill(settings, stocked, FEW[:2])
    fake.batches.line = lambda *_: None

    with pytest.raises(BudgetError):
        fill(settings, stocked, FEW)
    report = fill(settings, stocked, FEW, clock=tomorrow())

    assert fill_once.left_open == 2
    assert report.answered_before + report.asked == 4
