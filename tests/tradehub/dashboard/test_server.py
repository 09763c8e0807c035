"""The server: our options, our gate, and no address that others reach without a password."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from streamlit import config

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.server import Listening, serve, streamlit_options


def test_every_option_is_one_that_streamlit_knows() -> None:
    encrypted = Listening(certificate=Path("a.pem"), key=Path("b.pem"))
    options = streamlit_options(encrypted)
    unknown = set(options) - set(config.get_config_options())
    assert not unknown


def test_nothing_is_reported_watched_or_explained_to_strangers() -> None:
    options = streamlit_options(Listening())
    assert options["browser.gatherUsageStats"] is False
    assert options["server.fileWatcherType"] == "none"
    assert options["client.showErrorDetails"] == "none"
    assert options["server.enableXsrfProtection"] is True
    assert "127.0.0.1" in options["server.allowedHosts"]


def test_names_of_a_public_address_are_those_given() -> None:
    named = Listening(host="0.0.0.0", public_names=("dash.example",))
    assert streamlit_options(named)["server.allowedHosts"] == ["dash.example"]
    assert streamlit_options(Listening(host="0.0.0.0"))["server.allowedHosts"] == ["*"]


def test_address_is_written_for_a_browser() -> None:
    assert Listening().url == "http://127.0.0.1:8501"
    assert Listening("::1", 80, certificate=Path("x"), key=Path("y")).url == "https://[::1]:80"


def test_address_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = Listening(port=other.getsockname()[1])
        with pytest.raises(ConfigurationError, match="choose another --port"):
            serve(Settings(), SystemClock(), taken)


def test_address_others_reach_takes_a_password() -> None:
    with pytest.raises(ConfigurationError, match="a password is needed"):
        serve(Settings(), SystemClock(), Listening(host="0.0.0.0"))
