"""What this installation has and what it lacks: the checks behind `proratio doctor`.

Each check looks at one thing, changes nothing that matters, and returns a finding instead of
raising. A secret's presence is reported, never its value.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import redis
from packaging.requirements import Requirement

from proratio_core.clock import Clock, to_ms
from proratio_core.database import open_database
from proratio_core.database.schema import HEAD
from proratio_core.errors import DataError, ProratioError
from proratio_core.exchange.access import reachable
from proratio_core.exchange.ccxt_source import CcxtSource
from proratio_core.settings import Settings
from proratio_core.streaming.health import stream_health_file
from proratio_core.values import REPLAY
from proratio_signals.health import Condition, health_file
from proratio_signals.profile import Profile, load_profile
from proratio_signals.providers import create_providers, find_provider
from proratio_signals.scoring.drift import alert_of
from proratio_signals.scoring.probe_record import read_drift
from proratio_signals.spending import Grouping, costs, provider_health
from proratio_signals.wrappers.breaker import BreakerState
from proratio_tradehub.access_checks import check_key, check_models
from proratio_tradehub.alerts import channels_of
from proratio_tradehub.findings import Finding, Verdict
from proratio_tradehub.state_checks import (
    check_backups,
    check_halts,
    check_journal,
    check_permissions,
)

__all__ = ["Finding", "Verdict", "examine"]

_LOW_BYTES = 2_000_000_000
_TOO_LOW_BYTES = 200_000_000
_REDIS_TIMEOUT_S = 0.5
_EXCHANGE = "binance"
_EXCHANGE_TIMEOUT_S = 3.0
_LARGEST_SKEW_S = 1.0


def examine(settings: Settings, clock: Clock, *, models: bool = False) -> Iterator[Finding]:
    """Yield one finding after another, each as soon as it is known.

    Parameters
    ----------
    settings, clock
        What is examined, and the time it is.
    models
        Whether each provider is asked about the model it is to run; that costs nothing.
    """
    yield check_python()
    yield check_packages()
    yield check_disk(settings)
    yield check_database(settings)
    yield check_redis(settings)
    yield from check_voters(settings)
    if models:
        yield from check_models(settings)
    yield from check_spending(settings, clock)
    yield from check_drift(settings, clock)
    yield check_service(settings, clock)
    yield check_alerts(settings)
    yield from check_streams(settings, clock)
    yield from check_permissions(settings)
    yield check_halts(settings, clock)
    yield from check_journal(settings, clock)
    yield check_backups(settings, clock)
    yield check_key(settings, clock)
    yield check_exchange(settings, clock)


def check_python() -> Finding:
    """Name the interpreter; its minimum is enforced at installation."""
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("python", Verdict.OK, f"{detail} in {sys.prefix}")


def check_packages() -> Finding:
    """Compare the installed packages with what this version of Proratio requires."""
    problems = [problem for text in requires("proratio") or () if (problem := _problem(text))]
    if problems:
        return Finding("packages", Verdict.FAILED, "; ".join(problems), "run `make install`")
    names = ("freqtrade", "ccxt", "pandas")
    return Finding("packages", Verdict.OK, ", ".join(f"{name} {version(name)}" for name in names))


def _problem(text: str) -> str | None:
    requirement = Requirement(text)
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return None
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(found, prereleases=True):
        return None
    return f"{requirement.name} {found} is not {requirement.specifier}"


def check_disk(settings: Settings) -> Finding:
    """Look at the free space where candles and the database are kept."""
    place = _existing(settings.user_data.resolve())
    free = shutil.disk_usage(place).free
    detail = f"{free / 1e9:.1f} GB free in {place}"
    if free < _TOO_LOW_BYTES:
        return Finding("disk", Verdict.FAILED, detail, "free at least 2 GB")
    if free < _LOW_BYTES:
        return Finding("disk", Verdict.NOTE, detail, "keep 2 GB free for candles and results")
    return Finding("disk", Verdict.OK, detail)


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def check_database(settings: Settings) -> Finding:
    """Open the database, migrating it when it is older than the program, and ask what it is."""
    where = "embedded" if settings.database_url is None else "DATABASE_URL"
    try:
        with open_database(settings) as database, database.transaction() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(current_database()), "
                "(SELECT count(*) FROM series), "
                "EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')"
            )
            server, size, series, timescale = cursor.fetchone() or ("?", 0, 0, False)
    except ProratioError as error:
        return Finding("database", Verdict.FAILED, str(error), "see docs/data.md")
    extension = " with TimescaleDB" if timescale else ""
    detail = (
        f"PostgreSQL {server}{extension} ({where}), schema {HEAD}, {series} series, "
        f"{size / 1e6:.0f} MB"
    )
    return Finding("database", Verdict.OK, detail)


def check_redis(settings: Settings) -> Finding:
    """Ping Redis; without it every process keeps votes in its own memory."""
    if settings.redis_url is None:
        return Finding("redis", Verdict.OK, "not configured; votes are cached in memory")
    try:
        client = redis.Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_connect_timeout=_REDIS_TIMEOUT_S,
            socket_timeout=_REDIS_TIMEOUT_S,
        )
        with client:
            info = client.info("server")
    except (redis.RedisError, ValueError) as error:
        return Finding(
            "redis",
            Verdict.NOTE,
            f"REDIS_URL does not answer ({type(error).__name__}); votes are cached in memory",
            "start it with `docker compose up -d redis`, or unset REDIS_URL",
        )
    return Finding("redis", Verdict.OK, f"Redis {info['redis_version']}")


def check_voters(settings: Settings) -> Iterator[Finding]:
    """Load the profile and prepare every voter, without asking any of them anything."""
    try:
        profile = load_profile(settings.profile, settings.user_data / "profiles")
    except ProratioError as error:
        yield Finding("profile", Verdict.FAILED, str(error), "change PRORATIO_PROFILE")
        return
    weights = ", ".join(f"{voter.name} {voter.weight:.0%}" for voter in profile.voters)
    kind = "rules, no language model" if profile.is_rules else "language models"
    detail = f"{profile.name} ({kind}): {weights}; hash {profile.hash[:12]}"
    yield Finding("profile", Verdict.OK, detail)
    yield _check_panel(profile, settings)


def _check_panel(profile: Profile, settings: Settings) -> Finding:
    """Say which voters could be asked: keys, addresses, models and prices are in order."""
    absent: dict[str, str] = {}
    for voter in profile.voters:
        try:
            asyncio.run(find_provider(voter.provider)(voter, settings).close())
        except ProratioError as error:
            absent[voter.name] = str(error)
    if not absent:
        return Finding("voters", Verdict.OK, f"all {len(profile.voters)} can be asked")
    detail = "; ".join(absent.values())
    remedy = "set what is missing in .env, or choose another PRORATIO_PROFILE"
    try:
        create_providers(profile, settings)
    except ProratioError:
        return Finding("voters", Verdict.FAILED, detail, remedy)
    return Finding("voters", Verdict.NOTE, detail, remedy)


def check_spending(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Say what today's calls cost and which providers failed lately; silent where rules vote."""
    try:
        if load_profile(settings.profile, settings.user_data / "profiles").is_rules:
            return
        with open_database(settings) as database:
            now = clock.now()
            today = costs(database, Grouping.DAY, since=now.date())
            health = provider_health(database, now=now)
    except ProratioError:
        return  # the profile's and the database's own findings say it
    charged_usd = sum(row.spent_usd + row.reserved_usd for row in today)
    detail = f"{charged_usd:.2f} of {settings.daily_budget_usd:.2f} USD charged today"
    yield Finding("budget", Verdict.OK, detail)
    for provider in health:
        if provider.state is not BreakerState.CLOSED:
            yield Finding(
                "breaker",
                Verdict.NOTE,
                f"{provider.provider}: {provider.failures} failures in a row, last "
                f"{provider.last_outcome} at {provider.last_at:%Y-%m-%d %H:%M:%S} UTC",
                "the next call tries it; see `proratio signals cost --by provider`",
            )


def check_drift(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Say which voters no longer answer the frozen probes as before; silent where rules vote."""
    try:
        profile = load_profile(settings.profile, settings.user_data / "profiles")
        if profile.is_rules:
            return
        with open_database(settings) as database:
            found = read_drift(database, profile, until=clock.now())
    except ProratioError:
        return  # the profile's and the database's own findings say it
    remedy = "see `proratio signals score`; raise what you doubt with the provider"
    alerts = [alert for drift in found if (alert := alert_of(drift)) is not None]
    for alert in alerts:
        yield Finding("drift", Verdict.NOTE, alert, remedy)
    if found and not alerts:
        tested = sum(drift.p_value is not None for drift in found)
        detail = f"no change seen; {tested} of {len(found)} voters have answered enough to say"
        yield Finding("drift", Verdict.OK, detail)


def check_service(settings: Settings, clock: Clock) -> Finding:
    """Read how the signal service for the profile is; only trading needs one."""
    start = f"proratio signals serve --profile {settings.profile}"
    try:
        report = health_file(settings, settings.profile).read()
    except ProratioError as error:
        return Finding("service", Verdict.NOTE, str(error), f"then start it: {start}")
    if report is None:
        detail = "no signal service runs; trading needs one, backtests do not"
        return Finding("service", Verdict.OK, detail)
    if not report.is_fresh(clock.now()):
        detail = f"the signal service for {report.profile} ended without a word"
        return Finding("service", Verdict.FAILED, detail, f"start it again: {start}")
    if report.condition is Condition.READY:
        return Finding("service", Verdict.OK, str(report))
    remedy = "no entries until it is ready; stops go on. See its log and `proratio signals show`"
    return Finding("service", Verdict.FAILED, str(report), remedy)


def check_alerts(settings: Settings) -> Finding:
    """Say who would be told of a halt; nothing is sent, and no secret shown."""
    try:
        channels = channels_of(settings)
    except ProratioError as error:
        return Finding("alerts", Verdict.FAILED, str(error), "see docs/alerts.md")
    names = [channel.name for channel in channels]
    for channel in channels:
        channel.close()
    if not names:
        detail = "nobody is told of a halt: neither Telegram nor e-mail nor Apprise is set up"
        return Finding("alerts", Verdict.NOTE, detail, "see docs/alerts.md; backtests need none")
    return Finding(
        "alerts", Verdict.OK, f"{', '.join(names)} set up; `proratio alerts test` tries them"
    )


def check_streams(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Read how each stream of real-time data is; only trading on fresh candles needs one."""
    streams = [_check_stream(settings, clock, exchange) for exchange in (_EXCHANGE, REPLAY)]
    running = [finding for finding in streams if finding is not None]
    none = Finding("stream", Verdict.OK, "no real-time data is collected; `data download` can")
    yield from running or [none]


def _check_stream(settings: Settings, clock: Clock, exchange: str) -> Finding | None:
    start = f"proratio data stream --exchange {exchange} --pairs ... --timeframes ..."
    try:
        report = stream_health_file(settings, exchange).read()
    except ProratioError as error:
        return Finding("stream", Verdict.NOTE, str(error), f"then start it: {start}")
    if report is None:
        return None
    if not report.is_fresh(clock.now()):
        detail = f"the stream of {report.exchange} ended without a word"
        return Finding("stream", Verdict.FAILED, detail, f"start it again: {start}")
    late = report.late(clock.now())
    if late:
        detail = f"{report}; behind: {', '.join(late)}"
        return Finding("stream", Verdict.FAILED, detail, "see its log; it goes on trying")
    return Finding("stream", Verdict.OK, str(report))


def check_exchange(settings: Settings, clock: Clock) -> Finding:
    """Ask the exchange for its time and compare it with this machine's."""
    url = settings.exchange_url
    where = _EXCHANGE if url is None else f"{_EXCHANGE} at PRORATIO_EXCHANGE_URL"
    silent = Finding(
        "exchange",
        Verdict.NOTE,
        f"{where} does not answer within {_EXCHANGE_TIMEOUT_S:g} s",
        "downloads and paper trading need it; imported and simulated candles do not",
    )
    if not reachable(_EXCHANGE, url=url, timeout_s=_EXCHANGE_TIMEOUT_S):
        return silent
    source = CcxtSource(_EXCHANGE, clock=clock, url=url, timeout_s=_EXCHANGE_TIMEOUT_S)
    try:
        skew_s = (to_ms(clock.now()) - source.now_ms()) / 1000
    except DataError as error:  # it answers, as somebody else
        return Finding("exchange", Verdict.NOTE, str(error))
    except ProratioError:
        return silent
    finally:
        source.close()
    detail = f"{where} answers; this machine's clock differs by {skew_s:+.1f} s"
    if abs(skew_s) > _LARGEST_SKEW_S:
        return Finding("exchange", Verdict.NOTE, detail, "synchronise the clock (NTP)")
    return Finding("exchange", Verdict.OK, detail)
