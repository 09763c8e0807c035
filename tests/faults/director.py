"""Tells the fake providers what to answer in a round, and remembers what went wrong on purpose."""

from __future__ import annotations

import json
import re
from collections import Counter
from random import Random
from typing import Any

from aiohttp import web

from tests.faults.rounds import Manner, Round, Voice
from tests.wire.provider_bodies import opinion_text
from tests.wire.provider_faults import FAULTS, Call, Exchange, Fault
from tests.wire.seeded_faults import FAMILIES
from tests.wire.seeded_texts import hostile_words
from tests.wire.wire_versions import another_version, with_runaway_usage, with_senseless_usage

_MARKET = re.compile(r"Market: (\S+) ")


class Director:
    """Chooses the answer to each call of a round.

    Parameters
    ----------
    plan
        The round.
    """

    def __init__(self, plan: Round) -> None:
        self._voices = {
            (str(case.pair), provider): voice
            for case in plan.cases
            for provider, voice in case.voices.items()
        }
        self._injected: dict[tuple[str, str], str] = {}
        self._tries: Counter[tuple[str, str]] = Counter()
        self._answered: set[tuple[str, str]] = set()
        self.asked_again: list[str] = []

    @property
    def injected(self) -> Counter[str]:
        """How many calls met each kind of fault; a repeated call counts once."""
        return Counter(self._injected.values())

    def __call__(self, call: Call) -> Fault:
        found = _MARKET.search(json.dumps(call.body))
        assert found is not None, "a prompt without its market"
        seat = (found[1], call.provider)
        voice = self._voices[seat]
        self._tries[seat] += 1
        if voice.fault is not None:
            self._injected[seat] = f"LLM {voice.fault}"
            return FAMILIES[voice.fault].make(Random(voice.seed))
        if voice.manner not in {Manner.PLAIN, Manner.VERSION}:
            self._injected[seat] = f"LLM {voice.manner.value}"
        if voice.manner is Manner.SECOND_TRY and self._tries[seat] == 1:
            return FAULTS[Random(voice.seed).choice(("429-soon", "500", "503", "529"))]
        if seat in self._answered:
            self.asked_again.append(f"{' '.join(seat)} asked again after it had answered")
        self._answered.add(seat)
        return _sound(voice)


def _sound(voice: Voice) -> Fault:
    """Return what answers the voice's opinion in its manner."""

    async def answer(exchange: Exchange) -> web.StreamResponse:
        return web.json_response(_body(exchange, voice))

    return answer


def _body(exchange: Exchange, voice: Voice) -> dict[str, Any]:
    rng = Random(voice.seed)
    said: dict[str, Any] = {"action": voice.action, "confidence": voice.confidence}
    if voice.manner is Manner.HOSTILE:
        said |= hostile_words(rng)
    dialect, model, text = exchange.dialect, exchange.call.model, opinion_text(**said)
    match voice.manner:
        case Manner.VERSION:
            return another_version(dialect, model, text, rng)
        case Manner.USAGE:
            return with_senseless_usage(dialect, model, text, rng)
        case Manner.RUNAWAY:
            return with_runaway_usage(dialect, model, text, rng)
    return dialect.answer(model, text)
