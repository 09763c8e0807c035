"""What the exchange's key may do, and whether the models can be reached with theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.exchange import KeyRights, open_account_client, reachable, require_trade_only
from proratio_core.settings import Settings
from proratio_signals.opinions import Abstention
from proratio_signals.profile import Voter, load_profile
from proratio_signals.providers import find_provider
from proratio_signals.providers.remote import RemoteProvider
from proratio_tradehub.findings import Finding, Verdict

__all__ = ["check_key", "check_models"]

_TIMEOUT_S: Final = 3.0
_MODEL_TIMEOUT_S: Final = 10.0


def check_key(settings: Settings, clock: Clock) -> Finding:
    """Ask the exchange what its key may do; one that may withdraw is a failure."""
    key, secret, name = settings.exchange_key, settings.exchange_secret, settings.exchange_name
    if key is None and secret is None:
        detail = "no exchange key; paper trading and backtests need none"
        return Finding("key", Verdict.OK, detail)
    if key is None or secret is None:
        missing = "FREQTRADE__EXCHANGE__KEY" if key is None else "FREQTRADE__EXCHANGE__SECRET"
        return Finding("key", Verdict.FAILED, f"{missing} is not set", "set both, or neither")
    url = settings.exchange_url
    try:
        if not reachable(name, url=url, timeout_s=_TIMEOUT_S):
            detail = f"{name} does not answer, so what its key may do is not known"
            return Finding("key", Verdict.NOTE, detail, "try again when it does")
        client = open_account_client(name, key, secret, url=url, timeout_s=_TIMEOUT_S)
        with closing(client):
            return _judged(name, require_trade_only(client, clock=clock))
    except ConfigurationError as error:
        return Finding("key", Verdict.FAILED, str(error), "a bot in live mode refuses to start")
    except ProratioError as error:
        return Finding("key", Verdict.NOTE, str(error), "try again later")


def check_models(settings: Settings) -> Iterator[Finding]:
    """Ask each provider about the model a voter names: a call that costs nothing."""
    try:
        profile = load_profile(settings.profile, settings.user_data / "profiles")
    except ProratioError:
        return  # the profile's own finding says it
    for voter in profile.voters:
        if voter.model:
            yield asyncio.run(_check_model(voter, settings))


def _judged(exchange: str, rights: KeyRights | None) -> Finding:
    if rights is None:
        detail = f"{exchange} does not tell what its key may do"
        return Finding("key", Verdict.NOTE, detail, "see there that it may not withdraw")
    detail = f"the {exchange} key {rights}"
    if rights.can_transfer or rights.is_bound_to_address is False:
        remedy = "allow it to trade and nothing else, from this machine's address alone"
        return Finding("key", Verdict.NOTE, detail, remedy)
    return Finding("key", Verdict.OK, detail)


async def _check_model(voter: Voter, settings: Settings) -> Finding:
    try:
        provider = find_provider(voter.provider)(voter, settings)
    except ProratioError as error:
        return Finding("model", Verdict.NOTE, str(error), "set what is missing in .env")
    try:
        if not isinstance(provider, RemoteProvider):
            return Finding("model", Verdict.OK, f"{voter.name}: {voter.provider} needs no access")
        failure = await provider.probe_access(timeout_s=_MODEL_TIMEOUT_S)
    finally:
        await provider.close()
    return _access(voter, failure)


def _access(voter: Voter, failure: Abstention | None) -> Finding:
    name = f"{voter.name}: {voter.provider} {voter.model}"
    if failure is None:
        return Finding("model", Verdict.OK, f"{name} can be asked")
    remedy = "check the key, the account's access to this model, and the provider's status page"
    return Finding("model", Verdict.FAILED, f"{name}: {failure.kind}, {failure.detail}", remedy)
