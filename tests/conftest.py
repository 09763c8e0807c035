"""What every test stands on: a real PostgreSQL, the recorded market data, a closed network."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ccxt  # noqa: F401  # whole, before a lean import leaves exchanges out of this process
import certifi
import psycopg2
import pytest
from hypothesis import settings as hypothesis_settings

from proratio_core.database import Database
from proratio_core.database.server import embedded_server
from tests.database_pool import DatabasePool

if TYPE_CHECKING:
    from tests.freqtrade_home import FreqtradeHome

hypothesis_settings.register_profile("steady", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("steady")

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
            raise OSError(f"a test tried to reach {address}; only loopback is allowed")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def heeded_interrupts() -> None:
    """Let Ctrl-C reach the commands under test where the suite itself runs in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trust store of a single authority: reading all of them is most of making a client.

    The fakes speak plain HTTP; a test about certificates names its own.
    """
    first, end, _ = Path(certifi.where()).read_text("ascii").partition("-----END CERTIFICATE-----")
    file = tmp_path_factory.mktemp("trust") / "one.pem"
    file.write_text(f"{first}{end}\n", "ascii")
    return file


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, one_authority: Path) -> None:
    """Hide the developer's own keys and settings."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_authority))
    for name in list(os.environ):
        if name.startswith("PRORATIO_") or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Return the folder of recorded market data, or skip."""
    default = Path(__file__).parents[2] / "shared" / "market-data"
    folder = Path(os.environ.get("PRORATIO_MARKET_DATA", default))
    if not (folder / "binance").is_dir():
        pytest.skip(f"no recorded market data in {folder}; set PRORATIO_MARKET_DATA")
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start one embedded PostgreSQL for the whole run; what it writes need not outlive a crash."""
    with tempfile.TemporaryDirectory(prefix="proratio-test-") as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        with embedded_server(Path(folder) / "postgres") as url:
            with closing(psycopg2.connect(url)) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                        cursor.execute(f"ALTER SYSTEM SET {setting} = off")
                    cursor.execute("SELECT pg_reload_conf()")
            yield url


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> DatabasePool:
    """Return the databases that tests borrow."""
    return DatabasePool(postgres_url)


@pytest.fixture
def database_url(databases: DatabasePool) -> Iterator[str]:
    """Yield the URL of an empty, migrated database of this test's own."""
    with databases.borrowed() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Yield an empty, migrated database of this test's own."""
    with closing(Database(database_url)) as database:
        yield database


@pytest.fixture
def elsewhere_url(databases: DatabasePool) -> Iterator[str]:
    """Yield the URL of a second empty database, as on another machine."""
    with databases.borrowed() as url:
        yield url


@pytest.fixture
def elsewhere(elsewhere_url: str) -> Iterator[Database]:
    """Yield a second empty database, as on another machine."""
    with closing(Database(elsewhere_url)) as database:
        yield database


@pytest.fixture(scope="module")
def module_database_url(databases: DatabasePool) -> Iterator[str]:
    """Yield the URL of an empty, migrated database that the tests of a file share."""
    with databases.borrowed() as url:
        yield url


@pytest.fixture(scope="session")
def session_database_url(databases: DatabasePool) -> Iterator[str]:
    """Yield the URL of a migrated database that all tests of a process share."""
    with databases.borrowed() as url:
        yield url


@pytest.fixture(scope="module")
def simulated_home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    """Yield an installation with three simulated months of two pairs, the last two to trade on."""
    from proratio_core.candles import CandleStore  # noqa: PLC0415
    from proratio_core.candles.simulation import store_scenario  # noqa: PLC0415
    from proratio_core.values import Pair, Timeframe, Timerange  # noqa: PLC0415
    from tests.freqtrade_home import FreqtradeHome  # noqa: PLC0415  # imports Freqtrade

    database = Database(module_database_url)
    pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
    stored = Timerange.parse("20240101-20240402")
    store_scenario(CandleStore(database), pairs, [Timeframe.H1], timerange=stored)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        pairs,
        Timeframe.H1,
        Timerange.parse("20240201-20240401"),
    )
    home.install()
    yield home
    database.close()
