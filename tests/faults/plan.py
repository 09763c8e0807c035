"""The rounds of a campaign: pure functions of its seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from proratio_core.values import Pair
from proratio_signals.wrappers.breaker import OUTAGES
from tests.faults.rounds import (
    SCENES,
    WEIGHTS,
    Case,
    DatabaseFault,
    Manner,
    RedisFault,
    Round,
    Scene,
    Voice,
)
from tests.wire.seeded_faults import FAMILIES
from tests.wire.toxic_proxy import Toxic

_OUTAGES_A_PROVIDER: Final = 4
"""One more in a row would open the breaker, and what is then not sent is not injected."""
_SILENT_PAIRS: Final = 2
"""Pairs without any answer; one more would be safe mode, in which nothing is entered."""

_Pairs = tuple[Pair, ...]


def plan_round(seed: int, number: int, pairs: _Pairs) -> Round:
    """Return round `number` of the campaign `seed`; always the same."""
    rng = Random(f"{seed}/{number}")
    scene = SCENES[number % len(SCENES)]
    return Round(seed, number, scene, **_PLANS[scene](rng, pairs))


def _answers(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    forges = rng.random() < 0.5
    redis = {} if forges else _redis(rng, visits=2)
    cases = _mixed(rng, pairs, slow=False)
    return {"cases": cases, "relaxed": rng.random() < 0.3, "forges": forges, **redis}


def _slow(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    return {"cases": _mixed(rng, pairs[: len(pairs) // 3], slow=True), "deadline_s": 3.0}


def _outage(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    families = [name for name in _outages() if not FAMILIES[name].is_slow]
    return {
        "cases": tuple(
            Case(pair, {name: _faulty(rng, families) for name in WEIGHTS}) for pair in pairs
        )
    }


def _failing_redis(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    return {"cases": _all_sound(rng, pairs[: len(pairs) // 4]), **_redis(rng, visits=8)}


def _budget(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    return {
        "cases": tuple(
            Case(pair, {name: _sound(rng, manner=Manner.RUNAWAY) for name in WEIGHTS})
            for pair in pairs
        ),
        "daily_usd": rng.uniform(0.1, 1.5),
    }


def _database(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    cases = _mixed(rng, pairs, slow=False)
    return {"cases": cases, "forges": True, "database": rng.choice(tuple(DatabaseFault))}


def _healthy(rng: Random, pairs: _Pairs) -> dict[str, Any]:
    return {"cases": _all_sound(rng, pairs[: len(pairs) // 2])}


_PLANS: Mapping[Scene, Callable[[Random, _Pairs], dict[str, Any]]] = {
    Scene.ANSWERS: _answers,
    Scene.SLOW: _slow,
    Scene.OUTAGE: _outage,
    Scene.REDIS: _failing_redis,
    Scene.BUDGET: _budget,
    Scene.DATABASE: _database,
    Scene.HEALTHY: _healthy,
}


def _all_sound(rng: Random, pairs: _Pairs) -> tuple[Case, ...]:
    return tuple(Case(pair, {name: _sound(rng) for name in WEIGHTS}) for pair in pairs)


def _redis(rng: Random, *, visits: int) -> dict[str, Any]:
    """Return different ways in which Redis fails, one for every start of the bot."""
    return {
        "visits": tuple(rng.sample((*RedisFault, *Toxic), visits)),
        "redis_asking": rng.random() < 0.5,
    }


def _outages() -> list[str]:
    """Return the families after which a breaker counts."""
    return [name for name, family in FAMILIES.items() if family.kinds & OUTAGES]


def _sound(rng: Random, *, manner: Manner | None = None) -> Voice:
    """Return a sound BUY; three of them always pass the threshold."""
    usual = (*Manner, *[Manner.PLAIN] * 6)
    chosen = manner or rng.choice([one for one in usual if one is not Manner.RUNAWAY])
    return Voice(str(rng.random()), "BUY", round(rng.uniform(0.7, 0.99), 3), chosen)


def _dissenting(rng: Random) -> dict[str, Voice]:
    """Return three sound answers that must not enter: another action, or too little confidence."""
    said = rng.choice((("HOLD", 0.9), ("SELL", 0.95), ("BUY", 0.55)))
    manners = rng.choices((Manner.PLAIN, Manner.HOSTILE, Manner.VERSION), k=len(WEIGHTS))
    return {
        name: Voice(str(rng.random()), *said, manner)
        for name, manner in zip(WEIGHTS, manners, strict=True)
    }


def _faulty(rng: Random, families: list[str]) -> Voice:
    return Voice(str(rng.random()), "BUY", 0.99, fault=rng.choice(families))


def _mixed(rng: Random, pairs: _Pairs, *, slow: bool) -> tuple[Case, ...]:
    """Return sound pairs for a third, some dissenting ones, and one to three faults elsewhere."""
    left = Counter(dict.fromkeys(WEIGHTS, _OUTAGES_A_PROVIDER))
    silent = _SILENT_PAIRS
    cases = []
    for place, pair in enumerate(rng.sample(pairs, len(pairs))):
        if place < len(pairs) // 3:
            voices = {name: _sound(rng) for name in WEIGHTS}
        elif place < len(pairs) // 3 + 2:
            voices = _dissenting(rng)
        else:
            many = rng.choice((1, 1, 2, 3)) if silent else rng.choice((1, 2))
            silent -= many == len(WEIGHTS)
            voices = {name: _sound(rng) for name in WEIGHTS}
            for name in rng.sample(tuple(WEIGHTS), many):
                voices[name] = _faulty(rng, _families(left[name], slow=slow))
                left[name] -= voices[name].fault in _outages()
        cases.append(Case(pair, voices))
    return tuple(cases)


def _families(outages_left: int, *, slow: bool) -> list[str]:
    """Return what may go wrong next at a provider of which so many failures are left."""
    if slow and outages_left:
        return [name for name, family in FAMILIES.items() if family.is_slow]
    outages = _outages() if outages_left else []
    return [
        name
        for name, family in FAMILIES.items()
        if not family.is_slow and (name in outages or not family.kinds & OUTAGES)
    ]
