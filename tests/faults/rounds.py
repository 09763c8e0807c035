"""What goes wrong in a round, and which entries are meant all the same: frozen values.

The oracle here shares no code with the program: a pair may be entered when enough voters gave a
sound answer, and weight times confidence of those for BUY is above the threshold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from proratio_core.values import Pair
from tests.wire.toxic_proxy import Toxic

WEIGHTS: Final[Mapping[str, float]] = {"openai": 0.40, "anthropic": 0.35, "gemini": 0.25}
THRESHOLD: Final = 0.6


class Scene(StrEnum):
    """What a round is about."""

    ANSWERS = "answers"
    """Bad answers, HTTP errors and broken connections, and Redis besides."""
    SLOW = "slow"
    """Providers that keep the panel waiting until the deadline."""
    OUTAGE = "outage"
    """Every provider down: breakers open, safe mode."""
    REDIS = "redis"
    """Sound answers, and a bot that starts again and again while Redis fails in every way."""
    BUDGET = "budget"
    """Less money than questions, and bills that are too high."""
    DATABASE = "database"
    """PostgreSQL's connections die, or its tables are locked."""
    HEALTHY = "healthy"
    """Nothing goes wrong: every vote for BUY has to enter."""


SCENES: Final = (
    *(Scene.ANSWERS, Scene.SLOW, Scene.ANSWERS, Scene.OUTAGE, Scene.ANSWERS),
    *(Scene.BUDGET, Scene.REDIS, Scene.DATABASE, Scene.ANSWERS, Scene.HEALTHY),
)
"""The scenes of ten rounds, in order."""


class RedisFault(StrEnum):
    """What happens to Redis itself, besides the proxy's toxics."""

    FLUSHED = "flushed"
    PAUSED = "paused"
    KILLED = "killed"
    PASSWORD = "wrong password"  # a name, no password


class DatabaseFault(StrEnum):
    """What happens to PostgreSQL."""

    CUT_ASKING = "connections cut while asking"
    CUT_POLLING = "connections cut before polling"
    LOCKED = "question table locked"


class Manner(StrEnum):
    """How a sound answer is given."""

    PLAIN = "plain"
    VERSION = "another wire version"
    HOSTILE = "hostile words"
    USAGE = "senseless usage"
    RUNAWAY = "runaway usage"
    SECOND_TRY = "after one failure"


@dataclass(frozen=True)
class Voice:
    """What one provider answers about one pair; `fault` names a family, None is sound."""

    seed: str
    action: str
    confidence: float
    manner: Manner = Manner.PLAIN
    fault: str | None = None


@dataclass(frozen=True)
class Case:
    """One pair of a round."""

    pair: Pair
    voices: Mapping[str, Voice]

    def score(self, *, relaxed: bool) -> float:
        """Return the score of the entry that is meant; 0 when none is."""
        sound = {name: voice for name, voice in self.voices.items() if voice.fault is None}
        weight = sum(WEIGHTS[name] for name in sound)
        if len(sound) < (2 if relaxed else 3) or weight < (0.6 if relaxed else 1.0) - 1e-9:
            return 0.0
        scores: Counter[str] = Counter()
        for name, voice in sound.items():
            scores[voice.action] += WEIGHTS[name] * voice.confidence  # type: ignore[assignment]
        action, score = scores.most_common(1)[0]
        return score if action == "BUY" and score > THRESHOLD + 1e-9 else 0.0


@dataclass(frozen=True)
class Round:
    """Everything that happens in one round; a function of seed and number."""

    seed: int
    number: int
    scene: Scene
    cases: tuple[Case, ...]
    relaxed: bool = False
    deadline_s: float = 20.0
    daily_usd: float | None = None
    visits: tuple[RedisFault | Toxic | None, ...] = (None,)
    """How often the bot starts and looks for the votes, and how Redis fails meanwhile."""
    redis_asking: bool = False
    """Whether Redis fails from the start, not only when the bot polls."""
    forges: bool = False
    database: DatabaseFault | None = None

    @property
    def profile(self) -> str:
        """The name of its profile; no two rounds share votes, money or breakers."""
        return f"round-{self.seed}-{self.number}"

    @property
    def pairs(self) -> list[str]:
        """What it is about."""
        return [str(case.pair) for case in self.cases]

    @property
    def scores(self) -> Mapping[str, float]:
        """The score of every entry that is meant, by pair."""
        found = {str(case.pair): case.score(relaxed=self.relaxed) for case in self.cases}
        return {pair: score for pair, score in found.items() if score > 0}

    @property
    def must_enter(self) -> bool:
        """Whether every entry that is meant has to happen; else it only may.

        A short deadline on a busy machine, too little money and a database that goes away while
        the voters are asked may each cost a sound vote.
        """
        costly = self.scene in {Scene.SLOW, Scene.BUDGET}
        return not costly and self.database is not DatabaseFault.CUT_ASKING
