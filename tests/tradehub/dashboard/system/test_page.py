"""The page System, whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from proratio_tradehub.dashboard.subject import account_subject
from proratio_tradehub.dashboard.system.page import show
from proratio_tradehub.desk import report_path
from tests.tradehub.dashboard.drawing import NOW, a_room, drawn, text_of
from tests.tradehub.dashboard.now.made import ACCOUNT, a_report
from tests.tradehub.dashboard.risk.made import AWAY_URL, a_braked_house

SUBJECT = account_subject(ACCOUNT, NOW, "USDT")
CANARY = "sk-canary-7f3a9"


def test_processes_versions_and_settings_are_shown_without_a_secret(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "bot.log").write_text(f"ERROR refused with {CANARY}\n")
    with a_braked_house(database_url, tmp_path) as house:
        settings = house.settings.model_copy(update={"openai_api_key": SecretStr(CANARY)})
        a_report().write(report_path(settings, ACCOUNT))
        page = drawn(lambda: show(a_room(replace(house, settings=settings), SUBJECT)))
    text = text_of(page)
    assert "● running" in text
    assert "refused with ***" in text
    assert "No voter was asked" in text
    assert "PostgreSQL" in text
    assert CANARY not in text


def test_page_stands_while_the_database_is_away(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, None))))
    assert "No answer from PostgreSQL" in text
    assert "make demo" in text
    assert "Freqtrade" in text
