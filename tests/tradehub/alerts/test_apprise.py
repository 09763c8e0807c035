"""The real Apprise against a local web hook."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from proratio_core.errors import ConfigurationError, TransientError
from proratio_tradehub.alerts.apprise import AppriseChannel
from proratio_tradehub.alerts.messages import message_of
from proratio_tradehub.alerts.news import WeeklyReport
from proratio_tradehub.alerts.samples import sample_chart_png
from proratio_tradehub.marks import Mark
from tests.tradehub.alerts.made import FIGURES, NOON, failure


class Hook(BaseHTTPRequestHandler):
    taken: ClassVar[list[dict[str, Any]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.status == 200:
            self.taken.append(json.loads(body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Hook.taken.clear()
    Hook.status = 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_service_gets_the_text_and_the_picture(url: str) -> None:
    channel = AppriseChannel(SecretStr(f"{url}/a\n{url}/b"))
    week = WeeklyReport(Mark.PAPER, NOON, "a bot", NOON.date(), FIGURES, sample_chart_png())
    channel.send(message_of(week))
    assert [one["title"] for one in Hook.taken] == ["[PAPER] Week 2024-05-26 to 2024-06-01"] * 2
    assert "no real money" in Hook.taken[0]["message"]
    assert Hook.taken[0]["attachments"][0]["filename"] == "chart.png"


def test_what_somebody_else_wrote_arrives_as_it_reads(url: str) -> None:
    AppriseChannel(SecretStr(url)).send(message_of(failure("<b>5 & 6</b>")))
    assert "<b>5 & 6</b>" in Hook.taken[0]["message"]


def test_a_service_that_refuses_may_be_tried_again(url: str) -> None:
    Hook.status = 500
    with pytest.raises(TransientError, match="not every service"):
        AppriseChannel(SecretStr(url)).send(message_of(failure()))


def test_an_address_that_is_none_is_named_by_its_place_alone() -> None:
    channel = AppriseChannel(SecretStr("json://127.0.0.1 nonsense://secret-word"))
    with pytest.raises(ConfigurationError, match="address 2") as caught:
        channel.send(message_of(failure()))
    assert "secret-word" not in str(caught.value)


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proratio_tradehub.alerts.apprise.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"proratio\[apprise\]"):
        AppriseChannel(SecretStr("json://127.0.0.1"))
