"""The web server of the dashboard: Streamlit behind our gate, with our options."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.middleware import Middleware

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.logs import masked_records
from proratio_core.settings import Settings
from proratio_quantlab.report.theme import COLOURS
from proratio_tradehub.dashboard.access import door_of, is_loopback, provider_of
from proratio_tradehub.dashboard.access.gate import Gate
from proratio_tradehub.dashboard.house import House, opened_house
from proratio_tradehub.dashboard.pages import MOVED
from proratio_tradehub.dashboard.priority import give_way
from proratio_tradehub.dashboard.warming import warm

__all__ = ["Listening", "serve", "streamlit_options"]

_log = logging.getLogger(__name__)
_SCRIPT: Final = Path(__file__).with_name("script.py")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the dashboard listens.

    Parameters
    ----------
    host, port
        The address; loopback needs no password.
    operator
        Whether whoever reaches it on loopback may act without a password.
    certificate, key
        PEM files; with them this process itself speaks TLS.
    public_names
        The names browsers know it by, where that is not its address.
    """

    host: str = "127.0.0.1"
    port: int = 8501
    operator: bool = False
    certificate: Path | None = None
    key: Path | None = None
    public_names: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """What to open in a browser on this machine."""
        scheme = "http" if self.certificate is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def serve(settings: Settings, clock: Clock, listening: Listening) -> None:
    """Serve the dashboard until the process is told to end.

    Raises
    ------
    ConfigurationError
        Others could reach it without signing in, or the address is taken.
    """
    door = door_of(
        settings,
        host=listening.host,
        operator=listening.operator,
        provider=provider_of(settings, clock),
    )
    _ensure_free(listening)
    warm()
    with opened_house(settings, clock, door) as house:
        give_way(settings, house.reader)
        app = st.App(
            _SCRIPT,
            middleware=[_gate(house, listening)],
            on_script_error=_log_script_error,
        )
        with masked_records(settings):  # Streamlit writes its own log
            app.run(config=streamlit_options(listening))


def streamlit_options(listening: Listening) -> dict[str, Any]:
    """Return every option of Streamlit that is not left as it is."""
    return {
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "logger.enableRich": False,
        "logger.hideWelcomeMessage": True,
        "logger.level": "warning",
        "runner.fastReruns": True,
        "runner.magicEnabled": False,
        "server.address": listening.host,
        "server.allowedHosts": _allowed_hosts(listening),
        "server.disconnectedSessionTTL": 60,
        "server.enableXsrfProtection": True,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.maxMessageSize": 50,
        "server.maxUploadSize": 1,
        "server.port": listening.port,
        "server.runOnSave": False,
        "server.xsrfCookieSameSite": "strict",
        "theme.backgroundColor": "#0c0f13",
        "theme.base": "dark",
        "theme.baseRadius": "6px",
        "theme.borderColor": COLOURS["grid"],
        "theme.font": "system-ui, sans-serif",
        "theme.primaryColor": COLOURS["gated"],
        "theme.secondaryBackgroundColor": COLOURS["paper"],
        "theme.textColor": COLOURS["text"],
        **_tls(listening),
    }


def _allowed_hosts(listening: Listening) -> list[str]:
    """Return the names a browser may use: a page elsewhere must not pose as this one."""
    if is_loopback(listening.host):
        return ["localhost", "127.0.0.1", "[::1]", "::1", *listening.public_names]
    return list(listening.public_names) or ["*"]


def _tls(listening: Listening) -> dict[str, str]:
    if listening.certificate is None or listening.key is None:
        return {}
    return {
        "server.sslCertFile": str(listening.certificate),
        "server.sslKeyFile": str(listening.key),
    }


def _gate(house: House, listening: Listening) -> Middleware:
    return Middleware(
        Gate,
        door=house.door,
        visitors=house.visitors,
        lockout=house.lockout,
        is_encrypted=listening.certificate is not None
        or (house.door.provider is not None and house.door.provider.is_encrypted),
        moved=MOVED,
    )


def _log_script_error(error: Exception) -> None:
    _log.error("a page of the dashboard failed", exc_info=error)


def _ensure_free(listening: Listening) -> None:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((listening.host, listening.port))
        except OSError as error:
            raise ConfigurationError(
                f"the dashboard cannot listen on {listening.host}:{listening.port} "
                f"({error.strerror}); choose another --port"
            ) from error
