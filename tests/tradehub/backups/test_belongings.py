"""What a backup takes along, and that no secret is among it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from proratio_tradehub.backups.belongings import (
    blank_secrets,
    find_belongings,
    is_database,
    place_of,
)
from tests.tradehub.backups.installations import furnish


def test_what_a_person_wrote_and_what_must_not_be_forgotten_is_taken(tmp_path: Path) -> None:
    furnish(tmp_path)
    assert [path.as_posix() for path in find_belongings(tmp_path)] == [
        ".proratio/halts.json",
        "config.json",
        "risk/mine.toml",
        "strategies/Mine.py",
        "tradesv3.sqlite",
    ]


def test_deeds_orders_and_entries_on_their_way_are_not_forgotten(tmp_path: Path) -> None:
    for name in ("actions.jsonl", "orders/bot.jsonl", "journal/bot/1.jsonl"):
        path = tmp_path / ".proratio" / name
        path.parent.mkdir(parents=True)
        path.write_text("{}\n")
    (tmp_path / "models.toml").write_text("")
    assert [path.as_posix() for path in find_belongings(tmp_path)] == [
        ".proratio/actions.jsonl",
        ".proratio/journal/bot/1.jsonl",
        ".proratio/orders/bot.jsonl",
        "models.toml",
    ]


def test_trades_beside_user_data_are_taken_and_nothing_else_there(tmp_path: Path) -> None:
    for name in ("tradesv3.sqlite", "tradesv3.replay.sqlite", "other.sqlite", "README.md"):
        (tmp_path / name).write_text("")
    assert [path.as_posix() for path in find_belongings(tmp_path / "user_data")] == [
        "beside/tradesv3.replay.sqlite",
        "beside/tradesv3.sqlite",
    ]


@pytest.mark.parametrize("name", ["beside/Makefile", "beside/a/tradesv3.sqlite", "beside"])
def test_only_trades_are_put_beside_user_data(tmp_path: Path, name: str) -> None:
    assert place_of(PurePosixPath(name), tmp_path / "u") == tmp_path / "u" / name


def test_an_installation_without_any_file_is_no_error(tmp_path: Path) -> None:
    assert list(find_belongings(tmp_path / "nowhere")) == []


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("canary")
    (tmp_path / "u" / "strategies").mkdir(parents=True)
    (tmp_path / "u" / "strategies" / "x.txt").symlink_to(tmp_path / "secret.txt")
    assert list(find_belongings(tmp_path / "u")) == []


def test_sqlite_is_told_by_its_name() -> None:
    assert is_database(Path("tradesv3.dryrun.sqlite"))
    assert not is_database(Path("config.json"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"key": "canary"}', ("key",)),
        ('{"jwt_secret_key" : "canary \\" x"}', ("jwt_secret_key",)),
        ('{"Password":\n "canary"}', ("Password",)),
        (
            '{"token": "canary", // "key": "canary"\n "privateKey": "canary"}',
            ("token", "key", "privateKey"),
        ),
        ('{"https_proxy": "http://me:canary@host:1"}', ("password in a URL",)),
    ],
    ids=["key", "escaped", "case and line", "several, one commented out", "url"],
)
def test_secrets_are_left_empty_and_named(text: str, names: tuple[str, ...]) -> None:
    blanked, found = blank_secrets(text)
    assert "canary" not in blanked
    assert found == names
    assert blank_secrets(blanked) == (blanked, ())


def test_everything_else_stays_as_it_was() -> None:
    text = (
        '{ // a comment\n "key": "", "keys": ["a"], "stake_currency": "USDT", "url": "http://h:80"}'
    )
    assert blank_secrets(text) == (text, ())
