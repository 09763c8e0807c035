from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.known_accounts import check_account
from tests.tradehub.reports.made import ACCOUNT, fill


def test_an_account_on_record_and_none_at_all_may_be_asked_about(database: Database) -> None:
    fill(database)

    check_account(database, ACCOUNT)
    check_account(database, None)


def test_another_is_refused_with_those_that_are_known(database: Database) -> None:
    fill(database)

    with pytest.raises(ConfigurationError, match=f"no account 'x'; known are {ACCOUNT}"):
        check_account(database, "x")
