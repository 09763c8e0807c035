"""The parts of a campaign, running in one process: what is outside is faked at its wire only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from proratio_core.database import open_database
from proratio_core.settings import Settings
from proratio_core.values import Pair
from tests.faults.audit import Auditor
from tests.faults.canaries import Watch, logs_to, new_canaries
from tests.faults.sabotage import Saboteur
from tests.faults.trader import SECRETS, Trader, trading
from tests.wire.fake_providers import FakeProviders
from tests.wire.redis_server import RedisServer
from tests.wire.toxic_proxy import ToxicProxy

PAIRS = tuple(Pair.parse(f"C{number:02d}/USDT") for number in range(24))


@dataclass(frozen=True)
class Stage:
    """The parts, running."""

    fake: FakeProviders
    saboteur: Saboteur
    trader: Trader
    auditor: Auditor
    watch: Watch
    settings: Settings
    redis: RedisServer
    plays: Iterator[int] = field(default_factory=count)
    """Numbers the rounds played here, so that one played again shares nothing with the first."""


@contextmanager
def staged(folder: Path, database_url: str) -> Iterator[Stage]:
    """Yield all parts, each with a secret of its own."""
    secrets = new_canaries(*SECRETS)
    url = _with_password(database_url, secrets["database"])
    folder.joinpath("redis").mkdir()
    with ExitStack() as stack:
        fake = stack.enter_context(FakeProviders())
        fake.keys.update({name: secrets[name] for name in fake.keys})
        server = stack.enter_context(RedisServer(folder / "redis", password=secrets["redis"]))
        proxy = stack.enter_context(ToxicProxy(server.port))
        settings = fake.settings(
            folder / "u",
            DATABASE_URL=url,
            REDIS_URL=f"redis://:{secrets['redis']}@127.0.0.1:{proxy.port}/0",
            PRORATIO_DAILY_BUDGET_USD=1e6,
        )
        with open_database(settings):
            pass
        stack.enter_context(environment(settings))
        stack.enter_context(logs_to(folder, settings))
        trader = stack.enter_context(trading(folder / "u", PAIRS, secrets))
        auditor = Auditor(url)
        stack.callback(auditor.close)
        saboteur = Saboteur(server, proxy, database_url=url)
        watch = Watch(secrets, folder)
        yield Stage(fake, saboteur, trader, auditor, watch, settings, server)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0] or "postgres"
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password)}@{host}"))


@contextmanager
def environment(settings: Settings) -> Iterator[None]:
    """Set what the strategy reads for itself: where the database and Redis are, and no key."""
    given = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update({name: url.get_secret_value() for name, url in given.items() if url})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
