"""Voters of known worth on recorded candles, asked through the advisor and kept in the ledger.

`python -m tests.signals.scoring.simulated` asks them about BTC, ETH, SOL and XRP every twelve hours
of 2024 and 2025 and prints the track record that docs/track-record.md shows. `--report PATH` also
writes the page, `--pictures FOLDER` the pictures of that document.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from rich.console import Console

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database, open_database
from proratio_core.database.server import embedded_server
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor
from proratio_signals.ledger import Ledger
from proratio_signals.models import Cutoff, Model, Models, Price
from proratio_signals.opinions import Action, Answer, Opinion, Usage
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile, Quorum, Voter
from proratio_signals.prompts import Prompt
from proratio_signals.questions import Question
from proratio_signals.scoring import Judge, Scorecard
from proratio_tradehub.cli.signals_score import print_scorecard
from proratio_tradehub.track_record import write_record
from proratio_tradehub.track_record.curves import figures_by_name

CUTOFF = date(2024, 11, 30)
"""The last day the simulated voters have read about."""
CLEAN_FROM = datetime(2024, 12, 1, tzinfo=UTC)
UNTIL = datetime(2025, 12, 1, tzinfo=UTC)
"""The moment all of it is asked and judged."""
KEYS = tuple(
    SeriesKey("binance", Pair.parse(f"{base}/USDT"), Timeframe.H1)
    for base in ("BTC", "ETH", "SOL", "XRP")
)
HORIZON_CANDLES = 24


class Knowledge(NamedTuple):
    """How often a voter is right, before the cutoff and after it, and how sure it says it is."""

    before: float
    after: float
    confidence: tuple[float, float]
    honest: bool
    """Whether its confidence is the probability that it is right."""
    prices_usd: tuple[float, float]
    """What a million tokens in and out would cost; as the three models of `consensus`."""


VOTERS: Mapping[str, Knowledge] = {
    "skilled": Knowledge(0.5, 0.6, (0.5, 0.7), honest=True, prices_usd=(1.0, 5.0)),
    "remembering": Knowledge(0.9, 0.5, (0.85, 0.95), honest=False, prices_usd=(2.0, 10.0)),
    "random": Knowledge(0.5, 0.5, (0.5, 0.95), honest=False, prices_usd=(0.75, 3.75)),
}
INPUT_TOKENS, OUTPUT_TOKENS = 2_200, (300, 1_500)
ROLES = ("technical", "risk", "sentiment")
WEIGHTS = (0.40, 0.35, 0.25)


class Outcomes:
    """The future, for voters that are given a share of it."""

    def __init__(self, frames: Mapping[SeriesKey, pd.DataFrame]) -> None:
        self._columns = {
            key: (open_times_ms(frame).tolist(), frame["close"].tolist())
            for key, frame in frames.items()
        }

    def side(self, key: SeriesKey, as_of: datetime) -> Action:
        """Return the direction of the next `HORIZON_CANDLES`."""
        times, closes = self._columns[key]
        place = bisect_left(times, to_ms(as_of) - key.timeframe.ms)
        return Action.BUY if closes[place + HORIZON_CANDLES] > closes[place] else Action.SELL


@dataclass(frozen=True)
class SimulatedVoter:
    """Right as often as its knowledge says; the same for the same question and salt.

    Asked blind, it cannot tell which market it sees, and guesses.
    """

    name: str
    knowledge: Knowledge
    outcomes: Outcomes
    salt: str = ""

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        snapshot = prompt.snapshot
        draw = random.Random(f"{self.name}{self.salt}{prompt.hash}")
        low, high = self.knowledge.confidence
        confidence = draw.uniform(low, high)
        if isinstance(snapshot.as_of, datetime):
            clean = snapshot.as_of > CLEAN_FROM
            right = self.knowledge.after if clean else self.knowledge.before
            if self.knowledge.honest and right > 0.5:
                right = confidence
            truth = self.outcomes.side(snapshot.key, snapshot.as_of)
        else:
            right, truth = 0.5, Action.BUY
        other = Action.SELL if truth is Action.BUY else Action.BUY
        action = truth if draw.random() < right else other
        opinion = Opinion(action, confidence, 0.02 * action.code, HORIZON_CANDLES, "simulated")
        usage = Usage(INPUT_TOKENS, draw.randint(*OUTPUT_TOKENS))
        tokens = zip(
            (usage.input_tokens, usage.output_tokens), self.knowledge.prices_usd, strict=True
        )
        usd = sum(count * price for count, price in tokens if count) / 1_000_000
        return Answer(opinion, self.name, usage, latency_s=0.0, cost_usd=usd)

    async def close(self) -> None:
        """Hold nothing."""


def simulated_profile(name: str = "simulated", *, blinding: bool = False) -> Profile:
    """Return the profile of the three voters, in the documented weights."""
    voters = [
        Voter(name=voter, provider="simulated", role=role, weight=weight, model=f"{voter}-1")
        for voter, role, weight in zip(VOTERS, ROLES, WEIGHTS, strict=True)
    ]
    quorum = Quorum(minimum_voters=3, minimum_weight_frac=1.0)
    return Profile(name=name, voters=tuple(voters), quorum=quorum, blinding=blinding)


def simulated_models() -> Models:
    """Return a registry in which all three end on `CUTOFF`, one of them and not the others."""
    price = Price(since=CUTOFF, input_usd=0, output_usd=0, source="none", read_on=CUTOFF)
    days = (CUTOFF, CUTOFF - timedelta(days=90), CUTOFF - timedelta(days=180))
    return Models(
        Model(
            provider="simulated",
            id=f"{voter}-1",
            cutoff=Cutoff(day=day, source="none", read_on=CUTOFF),
            prices=(price,),
        )
        for voter, day in zip(VOTERS, days, strict=True)
    )


def recorded_frames(
    market_data: Path, keys: Sequence[SeriesKey], start: str, end: str
) -> dict[SeriesKey, pd.DataFrame]:
    """Return recorded candles of a span of open times."""
    frames = {}
    for key in keys:
        frame = pd.read_feather(market_data / "binance" / key.file_name)
        frame["date"] = frame["date"].dt.as_unit("ms")
        inside = (frame["date"] >= pd.Timestamp(start, tz="UTC")) & (
            frame["date"] < pd.Timestamp(end, tz="UTC")
        )
        frames[key] = frame[inside].reset_index(drop=True)
    return frames


def questions_every(
    frames: Mapping[SeriesKey, pd.DataFrame], hours: int, *, warm_up: int = 240
) -> list[Question]:
    """Return a question every `hours` from the first complete window to the last known outcome."""
    return [
        Question(key, opened.to_pydatetime() + timedelta(hours=1))
        for key, frame in frames.items()
        for opened in frame["date"].iloc[warm_up : -HORIZON_CANDLES - 1 : hours]
    ]


def answer(
    database: Database,
    frames: Mapping[SeriesKey, pd.DataFrame],
    questions: Sequence[Question],
    *,
    profile: Profile,
    salt: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> BackfillReport:
    """Ask the simulated voters through the advisor; what they say is kept in the ledger."""
    outcomes = Outcomes(frames)
    clock = FixedClock(UNTIL)
    providers = {
        name: SimulatedVoter(name, knowledge, outcomes, salt) for name, knowledge in VOTERS.items()
    }
    ledger = Ledger(database)

    async def session() -> BackfillReport:
        advisor = Advisor(
            profile,
            Panel(profile, providers),
            store=CandleStore(database),
            ledger=ledger,
            cache=VoteCache(None, secret=b"k" * 32, clock=clock),
            clock=clock,
        )
        return await backfill(questions, advisor, ledger, concurrency=64, progress=progress)

    return asyncio.run(session())


def simulated_scorecard(market_data: Path) -> Scorecard:
    """Ask everything and judge it, in a database of its own that comes and goes."""
    profile, blind = simulated_profile(), simulated_profile("simulated-blind", blinding=True)
    again = simulated_profile("simulated-again")
    frames = recorded_frames(market_data, KEYS, "2023-12-22", "2025-10-31")
    questions = questions_every(frames, 12)
    with tempfile.TemporaryDirectory(prefix="proratio-record-") as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        with (
            embedded_server(Path(folder) / "postgres") as url,
            open_database(Settings(DATABASE_URL=url)) as database,
        ):
            for key, frame in frames.items():
                CandleStore(database).write(key, frame)
            answer(database, frames, questions, profile=profile)
            answer(database, frames, questions[::2], profile=blind)
            answer(database, frames, questions[::10], profile=again, salt="again")
            return Judge(database, simulated_models(), until=UNTIL).scorecard(profile, KEYS)


def draw(scorecard: Scorecard, folder: Path) -> None:
    """Write each figure to `folder` as a PNG; needs Chromium."""
    for name, figure in figures_by_name(scorecard).items():
        figure.update_layout(width=760, margin={"l": 20, "r": 20, "t": 30, "b": 20})
        with tempfile.TemporaryDirectory() as beside:
            page = Path(beside, "figure.html")
            body = figure.to_html(include_plotlyjs=True, config={"displayModeBar": False})
            page.write_text(body.replace("<body>", '<body style="margin:0;background:#12161c">'))
            subprocess.run(
                [
                    "chromium",
                    "--headless=new",
                    "--no-sandbox",
                    "--hide-scrollbars",
                    "--virtual-time-budget=5000",
                    f"--window-size=760,{figure.layout.height}",
                    f"--screenshot={(folder / f'track-record-{name}.png').resolve()}",
                    page.as_uri(),
                ],
                check=True,
                capture_output=True,
                timeout=120,
            )


if __name__ == "__main__":
    words = argparse.ArgumentParser(prog="python -m tests.signals.scoring.simulated")
    words.add_argument("--report", type=Path, help="write the HTML page to this file")
    words.add_argument("--pictures", type=Path, help="write the figures to this folder as PNG")
    beside = Path(__file__).parents[4] / "shared" / "market-data"
    asked = words.parse_args()
    found = simulated_scorecard(Path(os.environ.get("PRORATIO_MARKET_DATA", beside)))
    print_scorecard(Console(width=110), found)
    if asked.report is not None:
        write_record(asked.report, found, generated_at=UNTIL)
    if asked.pictures is not None:
        draw(found, asked.pictures)
